import { Observable, type OperatorFunction, tap } from 'rxjs';
import type { CrossSection } from '../cross-section/cross-section.ts';
import type { Credits } from '../state/credits.ts';
import type { Market } from '../state/market.ts';
import type { Outcome, Screen } from '../types.ts';
import { failedScreens } from './screen.ts';

type Ranked = Extract<Outcome, { kind: 'ranked' }>;
type Compared = Extract<Outcome, { kind: 'ranked' | 'filtered' }>;

export interface CompareOptions {
  readonly population: CrossSection;
  readonly market: Market;
  /** Criteria of those that need a symbol's place among all. */
  readonly screens?: readonly Screen[];
  readonly credits: Credits;
}

/**
 * Takes every scored symbol into the population that others are compared with: also what a rule took out, which was
 * scored all the same. Where a criterion asks for a symbol's place among all, nobody's place is known before the last
 * has come: the symbols in question wait here, without a credit, and are judged at the end.
 *
 * Order: kept; what waits comes last. Failure: none. Holds: with such a criterion, every symbol that passed so far.
 */
export function compare({
  population,
  market,
  screens = [],
  credits,
}: CompareOptions): OperatorFunction<Compared, Outcome> {
  const takeIn = ({ entry, row }: Compared) => {
    if (row === undefined) return;
    population.add(row);
    market.add(entry.symbol, row);
  };
  if (screens.length === 0) return tap(takeIn);

  const judge = ({ entry, row }: Ranked): Outcome => {
    const rules = failedScreens(screens, { entry, row, place: population.place(row) });
    return rules.length === 0 ? { kind: 'ranked', entry, row } : { kind: 'filtered', entry, rules, row };
  };
  return (source) =>
    new Observable<Outcome>((subscriber) => {
      const waiting: Ranked[] = [];
      return source.subscribe({
        next: (outcome) => {
          takeIn(outcome);
          if (outcome.kind !== 'ranked') return subscriber.next(outcome);
          waiting.push(outcome);
          credits.give(1);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          credits.retake(waiting.length);
          for (const outcome of waiting) subscriber.next(judge(outcome));
          subscriber.complete();
        },
      });
    });
}
