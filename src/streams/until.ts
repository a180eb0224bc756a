/**
 * Hands on what a source yields until the signal aborts, also while the source makes it wait.
 *
 * Failure: the source's. Holds: nothing. The source is told to end and not waited for: a pending read may never end.
 */
export async function* until<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  // Not `Promise.race` with one promise of the abort: each race would leave a reaction on it for good.
  let wake = () => {};
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  const next = () =>
    new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
      wake = () => resolve(undefined);
      iterator.next().then(resolve, reject);
    });
  try {
    while (!signal.aborted) {
      const result = await next();
      if (result === undefined || result.done) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // A generator that waits in `next` takes `return` only afterwards.
    iterator.return?.().catch(() => {});
  }
}
