import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../config.ts';
import type { DaemonStatus } from '../daemon/status.ts';
import { LostGroundError } from '../errors.ts';
import { askStatus, RefusedError } from './top/ask-status.ts';
import { openScreen, type Terminal } from './top/screen.ts';
import { type StatusLine, statusLines } from './top/status-lines.ts';
import { type Keyboard, watchKeys } from './top/watch-keys.ts';
import { watchSignals } from './watch-signals.ts';

/** Where the status is shown. */
export interface TopOutput extends Omit<Terminal, 'columns' | 'rows'> {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export interface TopOptions {
  readonly settings: Pick<Settings, 'connect' | 'httpToken' | 'noColor'>;
  /** @default standard input */
  readonly keyboard?: Keyboard;
  /** @default standard output */
  readonly output?: TopOutput;
  /** Milliseconds between two looks. @default 1000 */
  readonly everyMs?: number;
}

const PLAIN_WIDTH = 100;
/** Of a terminal that does not tell its size, or tells 0. */
const WIDTH = 80;
const HEIGHT = 24;
const INTERRUPTED = 130;
/** It stops at once: this is for a terminal that takes no more. */
const SHUTDOWN_MS = 5000;

/**
 * `tapescan top`: shows what a daemon does, each second anew, until `q`, Ctrl-C or a signal; where the output is no terminal,
 * once. On a terminal it waits for a daemon that is away.
 *
 * Resolves with the exit code. Failure: `LostGroundError` where nothing answers, or the token is refused; the terminal
 * is as it was by then.
 */
export async function topCommand({
  settings: { connect: address, httpToken: token, noColor },
  keyboard = process.stdin,
  output = process.stdout as TopOutput,
  everyMs = 1000,
}: TopOptions): Promise<number> {
  const signals = watchSignals({ shutdownTimeoutMs: SHUTDOWN_MS });
  const ask = (signal: AbortSignal) => askStatus({ address, token }, signal);
  try {
    if (output.isTTY) return await watch();
    const status = await ask(signals.signal);
    for (const { text } of statusLines(status, address, PLAIN_WIDTH)) output.write(`${text}\n`);
    return 0;
  } catch (error) {
    if (signals.signal.aborted) return signals.exitCode ?? INTERRUPTED;
    throw error;
  } finally {
    signals.close();
  }

  async function watch(): Promise<number> {
    const quit = new AbortController();
    let code = 0;
    const signal = AbortSignal.any([signals.signal, quit.signal]);
    const terminal: Terminal = {
      get columns() {
        return output.columns || WIDTH;
      },
      get rows() {
        return output.rows || HEIGHT;
      },
      write: (text) => output.write(text),
    };
    let status: DaemonStatus | undefined;
    let trouble: string | undefined;
    const screen = openScreen(terminal, { colour: !noColor });
    const draw = () => screen.draw(linesOf(status, trouble, address, terminal.columns));
    const unwatchKeys = watchKeys(keyboard, {
      onQuit: () => quit.abort(),
      onInterrupt() {
        code = INTERRUPTED;
        quit.abort();
      },
    });
    output.on('resize', draw);
    try {
      while (!signal.aborted) {
        try {
          status = await ask(signal);
          trouble = undefined;
        } catch (error) {
          if (signal.aborted) break;
          if (!(error instanceof LostGroundError) || error instanceof RefusedError) throw error;
          trouble = error.message;
        }
        draw();
        await sleep(everyMs, undefined, { signal }).catch(() => {});
      }
      return signals.exitCode ?? code;
    } finally {
      output.off('resize', draw);
      unwatchKeys();
      screen.close();
    }
  }
}

/** What was last known stays, below the word that it is not known any more. */
function linesOf(
  status: DaemonStatus | undefined,
  trouble: string | undefined,
  address: string,
  width: number,
): readonly StatusLine[] {
  const known = status === undefined ? [] : statusLines(status, address, width);
  if (trouble === undefined) return known;
  const text = trouble.match(new RegExp(`.{1,${Math.max(1, width)}}`, 'gu')) ?? [];
  return [
    ...text.map((line): StatusLine => ({ text: line, style: 'alarm' })),
    { text: 'Asking again each second; q ends it.' },
    { text: '' },
    ...known,
  ];
}
