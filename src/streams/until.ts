import type { Stop } from '../state/stop.ts';

/**
 * Hands on what a source yields until the scan stops, also while the source makes it wait.
 *
 * Failure: the source's. Holds: nothing. The source is told to end and not waited for: a pending read may never end.
 */
export async function* until<T>(source: AsyncIterable<T>, stop: Stop): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  // Not `Promise.race` with one promise of the stop: each race would leave a reaction on it for good.
  let wake = () => {};
  const onStop = () => wake();
  stop.onStop(onStop);
  const next = () =>
    new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
      wake = () => resolve(undefined);
      iterator.next().then(resolve, reject);
    });
  try {
    while (stop.reason === undefined) {
      const result = await next();
      if (result === undefined || result.done) return;
      yield result.value;
    }
  } finally {
    stop.offStop(onStop);
    // A generator that waits in `next` takes `return` only afterwards.
    iterator.return?.().catch(() => {});
  }
}
