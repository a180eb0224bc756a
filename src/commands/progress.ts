import type { Outcome } from '../types.ts';

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Lines of the whole input, where they can be foretold. */
  readonly lines?: () => number | undefined;
  /** Milliseconds between two lines. @default 200 */
  readonly everyMs?: number;
  readonly now?: () => number;
}

/**
 * One line on a terminal that says how far the scan is: done and total, rate, time left, failures. It overwrites
 * itself, and `end` clears it.
 *
 * The total takes a line for a symbol; it is left out where the lines are not known, or have more symbols than that.
 */
export function createProgress({
  write,
  lines = () => undefined,
  everyMs = 200,
  now = Date.now,
}: ProgressOptions) {
  const started = now();
  let done = 0;
  let failed = 0;
  let shown = false;

  const show = () => {
    const seconds = (now() - started) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    const foretold = lines();
    const total = foretold !== undefined && foretold > 1 && foretold >= done ? foretold : undefined;
    const left = total !== undefined && rate > 0 ? Math.max(0, (total - done) / rate) : undefined;
    const parts = [
      `${done.toLocaleString('en-US')}${total === undefined ? '' : ` of about ${total.toLocaleString('en-US')}`} symbols`,
      `${Math.round(rate).toLocaleString('en-US')}/s`,
      ...(left === undefined ? [] : [`${Math.ceil(left)} s left`]),
      `${failed.toLocaleString('en-US')} failed`,
    ];
    write(`\r\x1b[K${parts.join(' · ')}`);
    shown = true;
  };
  const timer = setInterval(show, everyMs);
  timer.unref();

  return {
    count(outcome: Outcome): void {
      done++;
      if (outcome.kind === 'failed') failed++;
    },
    end(): void {
      clearInterval(timer);
      if (shown) write('\r\x1b[K');
    },
  };
}
