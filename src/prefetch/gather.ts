/**
 * Joins batches that come soon after each other into groups: what is fetched together is planned together.
 *
 * A group ends with the input, at `most` items, or when nothing has come for `idleMs`: a pipe that stays open does not
 * hold back what it has brought. Order: kept. Failure: that of `batches`, after the group so far.
 * Holds: a group, and the batch that is being waited for.
 */
export async function* gather<T>(
  batches: AsyncIterable<readonly T[]>,
  { most, idleMs }: { readonly most: number; readonly idleMs: number },
): AsyncGenerator<readonly T[], void, undefined> {
  const iterator = batches[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<readonly T[]>> | undefined;
  let group: T[] = [];
  try {
    while (true) {
      next ??= iterator.next();
      const result = await (group.length === 0 ? next : orIdle(next, idleMs)).catch((error: unknown) => ({
        error,
      }));
      if (result === undefined || 'error' in result || result.done === true) {
        if (group.length > 0) yield group;
        group = [];
        if (result === undefined) continue;
        if ('error' in result) throw result.error;
        return;
      }
      next = undefined;
      group.push(...result.value);
      if (group.length < most) continue;
      yield group;
      group = [];
    }
  } finally {
    // Not waited for: a generator takes `return` only when what it waits for has come.
    next?.catch(() => {});
    iterator.return?.().catch(() => {});
  }
}

/** What a promise brings, or `undefined` where that takes longer than `ms`; it goes on. */
async function orIdle<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, idle]);
  } finally {
    clearTimeout(timer);
  }
}
