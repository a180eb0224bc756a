import { setTimeout as sleep } from 'node:timers/promises';

/** Does something until it works: its result, or `undefined` once `signal` is aborted. */
export type Persist = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T | undefined>;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/**
 * Says when the first of what is done this way does not work, with its message, and when the last of it works again.
 */
export function createPersistence(onTrouble: (reason: string) => void, onRecovered: () => void): Persist {
  let inTrouble = 0;

  return async (work, signal) => {
    let isInTrouble = false;
    const recover = () => {
      if (isInTrouble && --inTrouble === 0 && !signal.aborted) onRecovered();
    };
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const result = await work();
        recover();
        return result;
      } catch (error) {
        if (signal.aborted) break;
        if (!isInTrouble && ++inTrouble === 1) onTrouble((error as Error).message);
        isInTrouble = true;
        await sleep(pauseMs, undefined, { signal }).catch(() => {});
      }
    }
    recover();
    return undefined;
  };
}
