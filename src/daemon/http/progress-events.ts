import type { EventHub } from './event-hub.ts';

/** What the state of a daemon is asked of. */
export interface StatusFeed {
  readonly isScanning: boolean;
  /** The state as it is now, which goes out as JSON. */
  look(): unknown;
  /** Calls back at the end of each scan; the answer ends it. */
  onScanEnd(listener: () => void): () => void;
}

export interface ProgressEvents {
  /** There is a reader of events. */
  wake(): void;
  close(): void;
}

/**
 * Sends the state of a daemon as an event `progress`: every `everyMs` while a scan runs, and at its end. Without a
 * reader of events, nothing is asked and no timer runs.
 */
export function createProgressEvents(
  feed: StatusFeed,
  hub: Pick<EventHub, 'size' | 'send'>,
  everyMs: number,
): ProgressEvents {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const send = () => {
    if (hub.size > 0) hub.send({ kind: 'progress', data: feed.look() });
  };
  const unsubscribe = feed.onScanEnd(send);
  return {
    wake() {
      timer ??= setInterval(() => {
        if (hub.size === 0) stop();
        else if (feed.isScanning) send();
      }, everyMs).unref();
    },
    close() {
      stop();
      unsubscribe();
    },
  };
}
