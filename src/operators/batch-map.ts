import { Observable, type OperatorFunction } from 'rxjs';

export interface BatchMapOptions {
  /** Most items in one batch. @default 128 */
  readonly size?: number;
  /** Most batches under way at once; beyond the first, full ones only. @default 1 */
  readonly parallel?: number;
}

/**
 * Maps items in batches: what has gathered while earlier batches were under way, up to `size`.
 *
 * The first batch never waits for more items than are there (it leaves at the next turn of the event loop), so a
 * window of credits smaller than a batch cannot deadlock. While it is under way only full batches join it: under load
 * they fill up by themselves, and each one's fixed cost is shared.
 *
 * Order: within a batch as they came; batches as they finish (with `parallel: 1`, the order of arrival).
 * Failure: a batch that rejects ends the stream. Holds: what arrived and is not mapped yet: bound it by credits.
 */
export function batchMap<T, R>(
  project: (batch: readonly T[]) => Promise<readonly R[]>,
  { size = 128, parallel = 1 }: BatchMapOptions = {},
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      let waiting: T[] = [];
      let underWay = 0;
      let ended = false;
      let turn: NodeJS.Immediate | undefined;

      const pump = () => {
        turn = undefined;
        while (underWay === 0 ? waiting.length > 0 : underWay < parallel && waiting.length >= size) {
          const batch = waiting.length <= size ? waiting : waiting.slice(0, size);
          waiting = waiting.length <= size ? [] : waiting.slice(size);
          underWay++;
          project(batch).then(emit, (error: unknown) => subscriber.error(error));
        }
        if (ended && waiting.length === 0 && underWay === 0) subscriber.complete();
      };
      const emit = (results: readonly R[]) => {
        underWay--;
        for (const result of results) subscriber.next(result);
        pump();
      };

      subscriber.add(() => clearImmediate(turn));
      const subscription = source.subscribe({
        next: (item) => {
          waiting.push(item);
          // Full batches do not wait for the turn to end.
          if (waiting.length >= size && underWay < parallel) pump();
          else turn ??= setImmediate(pump);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          ended = true;
          turn ??= setImmediate(pump);
        },
      });
      subscriber.add(subscription);
    });
}
