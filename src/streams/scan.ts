import { type Observable, pipe, tap } from 'rxjs';
import type { CrossSection } from '../cross-section/cross-section.ts';
import { admit } from '../operators/admit.ts';
import { type CacheTapOptions, readCache, writeCache } from '../operators/cache-tap.ts';
import { compare } from '../operators/compare.ts';
import { type FetchBarsOptions, fetchBars } from '../operators/fetch-bars.ts';
import { observeStage } from '../operators/observe-stage.ts';
import { type PrescreenParts, prescreen } from '../operators/prescreen.ts';
import { type RetryTransientOptions, retryTransient } from '../operators/retry-transient.ts';
import { type Beside, scoreOn } from '../operators/score-on.ts';
import { type ScreenBounds, screen } from '../operators/screen.ts';
import { settle } from '../operators/settle.ts';
import { through } from '../operators/through.ts';
import type { Credits } from '../state/credits.ts';
import type { Ledger } from '../state/ledger.ts';
import type { Market } from '../state/market.ts';
import type { Ranker } from '../state/ranker.ts';
import type { StageClock } from '../state/stage-clock.ts';
import type { Stop } from '../state/stop.ts';
import type {
  BarSource,
  Entry,
  History,
  Outcome,
  ReceiptWriter,
  Scorer,
  Screen,
  SeriesStore,
} from '../types.ts';

/** Everything that a scan is made of: the parts it runs on, its settings, and what it keeps while it runs. */
export interface ScanParts {
  readonly universe: AsyncIterable<readonly Entry[]>;
  readonly source: BarSource;
  readonly store: SeriesStore;
  readonly scorer: Scorer;
  /** What is known of each symbol beside its series, as soon as it is: splits, the bar of today. */
  readonly beside: Promise<Beside>;
  readonly receipts?: ReceiptWriter | undefined;

  readonly history: History;
  /** Rules before data, and what directories say of symbols. */
  readonly rules: PrescreenParts;
  readonly bounds: ScreenBounds;
  /** What the user asks of a symbol: by itself, and by its place among all. */
  readonly screens: readonly Screen[];
  readonly fetching: Omit<FetchBarsOptions, 'stop'>;
  readonly retry: Omit<RetryTransientOptions, 'stop'>;
  readonly cache: Omit<CacheTapOptions, 'dataset' | 'history'>;

  readonly credits: Credits;
  readonly ledger: Ledger;
  readonly population: CrossSection;
  readonly ranker: Ranker;
  readonly market: Market;
  readonly clock: StageClock;
  readonly stop: Stop;
}

/**
 * A scan: entries in, and each of them out again exactly once, as its outcome. The ranker then has the ranking.
 *
 * A fetched body is decoded and scored in one visit to the scorer, so what decoding finds wrong is retried as any
 * other bad answer, and the cache is written behind it: it stores columns.
 *
 * Order: as symbols finish. Failure: a symbol's is its outcome; what ends a scan goes through `stop`, and the symbols
 * inside leave as skipped. Holds: at most `credits.window` symbols, from the first stage to the last.
 */
export function scan({
  universe,
  source,
  store,
  scorer,
  beside,
  receipts,
  history,
  rules,
  bounds,
  screens,
  fetching,
  retry,
  cache,
  credits,
  ledger,
  population,
  ranker,
  market,
  clock,
  stop,
}: ScanParts): Observable<Outcome> {
  const cacheTap = { dataset: source.dataset, history, ...cache };
  const ofSymbol = screens.filter(({ needsMarket }) => !needsMarket);
  const ofMarket = screens.filter(({ needsMarket }) => needsMarket);
  const timed = observeStage(clock);
  return admit(universe, credits).pipe(
    tap(() => ledger.enter()),
    prescreen(stop, rules),
    through(['entered'], timed('cache_read', readCache(store, cacheTap))),
    retryTransient(
      pipe(
        through(['missing'], timed('fetch', fetchBars(source, history, { ...fetching, stop }))),
        through(['cached', 'fetched'], timed('score', scoreOn(scorer, { beside, stop }))),
      ),
      { ...retry, stop },
    ),
    through(['fresh'], timed('cache_write', writeCache(store, cacheTap))),
    through(['scored'], screen(history.to, bounds, ofSymbol)),
    through(['ranked', 'filtered'], compare({ population, market, screens: ofMarket, credits })),
    settle({ ledger, ranker, receipts, credits, stop }),
  );
}
