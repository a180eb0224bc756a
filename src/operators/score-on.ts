import type { OperatorFunction } from 'rxjs';
import { LostGroundError } from '../errors.ts';
import { type Stop, skippedBy } from '../state/stop.ts';
import type { BesideSeries, Scorer, SymbolId, Traveller } from '../types.ts';
import { batchMap } from './batch-map.ts';

/** What is known of symbols beside their series. */
export type Beside = (symbol: SymbolId) => BesideSeries;

const NOTHING_BESIDE: Promise<Beside> = Promise.resolve(() => ({}));

type Scorable = Extract<Traveller, { kind: 'cached' | 'fetched' }>;

export interface ScoreOnOptions {
  /** Most symbols in one task. @default 128 */
  readonly batch?: number;
  /** What is known beside each series, as soon as it is. @default nothing */
  readonly beside?: Promise<Beside>;
  readonly stop: Stop;
}

/**
 * Scores series, and decodes bodies on the way: one visit to the scorer, in place or on threads.
 *
 * Order: batches as they finish. Failure: a symbol's is its outcome; a scorer that cannot work at all stops the scan.
 * Holds: what waits for the scorer (bodies and series), bounded by the window of credits.
 */
export function scoreOn(
  scorer: Scorer,
  { batch = 128, beside = NOTHING_BESIDE, stop }: ScoreOnOptions,
): OperatorFunction<Scorable, Traveller> {
  return batchMap(
    async (travellers) => {
      try {
        const besideOf = await beside;
        const results = await scorer.score(
          travellers.map((traveller) => {
            const { symbol } = traveller.entry;
            const job = { symbol, ...besideOf(symbol) };
            return traveller.kind === 'cached'
              ? { ...job, series: traveller.series }
              : { ...job, payload: traveller.payload };
          }),
        );
        return travellers.map(({ entry }, index): Traveller => {
          const result = results[index]!;
          if (!result.ok) return { kind: 'failed', entry, error: result.error };
          const { row, series } = result;
          return series === undefined
            ? { kind: 'scored', entry, row }
            : { kind: 'fresh', entry, row, series };
        });
      } catch (cause) {
        stop.stop('ground-lost', LostGroundError.from(cause, 'The scoring stage cannot work'));
        return travellers.map(({ entry }) => skippedBy(stop, entry));
      }
    },
    { size: batch, parallel: scorer.parallel },
  );
}
