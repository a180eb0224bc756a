import { connect, filter, merge, type Observable, type OperatorFunction } from 'rxjs';
import type { Traveller } from '../types.ts';

type OfKind<K extends Traveller['kind']> = Extract<Traveller, { readonly kind: K }>;

/**
 * Sends travellers of the named kinds through a stage, and all others past it: outcomes overtake, nobody queues
 * behind work that is not theirs.
 *
 * Order, failure and holding are the stage's.
 */
export function through<K extends Traveller['kind']>(
  kinds: readonly K[],
  stage: OperatorFunction<OfKind<K>, Traveller>,
): OperatorFunction<Traveller, Traveller> {
  const belongs = (traveller: Traveller): traveller is OfKind<K> => kinds.includes(traveller.kind as K);
  return connect((travellers: Observable<Traveller>) =>
    merge(
      travellers.pipe(filter((traveller) => !belongs(traveller))),
      travellers.pipe(filter(belongs), stage),
    ),
  );
}
