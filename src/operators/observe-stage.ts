import { type MonoTypeOperatorFunction, type OperatorFunction, pipe, tap } from 'rxjs';
import type { StageClock } from '../state/stage-clock.ts';

/**
 * Makes a wrapper for stages that let out one item for each that they take in: it times them under a name.
 *
 * Order, failure and holding are the stage's.
 */
export function observeStage(clock: StageClock) {
  return <T, R>(name: string, stage: OperatorFunction<T, R>): OperatorFunction<T, R> => {
    const count = <X>(by: 1 | -1): MonoTypeOperatorFunction<X> => tap(() => clock.move(name, by));
    return pipe(count<T>(1), stage, count<R>(-1));
  };
}
