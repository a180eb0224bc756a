import { Observable } from 'rxjs';
import type { Credits } from '../state/credits.ts';

/**
 * Lets items in, one credit each: the only place where the universe is pulled.
 *
 * Order: as the source yields them. Failure: the source's error ends the stream.
 * Holds: the batch it is handing out. The next batch is asked for when the whole of this one is inside, so a source
 * that reads a pipe stops reading while the scan is full.
 */
export function admit<T>(batches: AsyncIterable<readonly T[]>, credits: Credits): Observable<T> {
  return new Observable<T>((subscriber) => {
    const pull = async () => {
      for await (const batch of batches) {
        for (const item of batch) {
          while (!subscriber.closed && !credits.take()) await credits.returned();
          if (subscriber.closed) return;
          subscriber.next(item);
        }
      }
      subscriber.complete();
    };
    pull().catch((error: unknown) => subscriber.error(error));
    // Waiting for a credit that never comes would keep the source open.
    return () => credits.wake();
  });
}
