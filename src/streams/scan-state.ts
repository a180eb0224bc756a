import { CrossSection } from '../cross-section/cross-section.ts';
import { LostGroundError } from '../errors.ts';
import { AdaptiveConcurrency } from '../state/adaptive-concurrency.ts';
import { Breaker } from '../state/breaker.ts';
import { CallPlaces } from '../state/call-places.ts';
import { Credits } from '../state/credits.ts';
import { GroundCheck } from '../state/ground-check.ts';
import { Ledger } from '../state/ledger.ts';
import { Market } from '../state/market.ts';
import { Ranker } from '../state/ranker.ts';
import { RetryBudget } from '../state/retry-budget.ts';
import { Slowest } from '../state/slowest.ts';
import { StageClock } from '../state/stage-clock.ts';
import type { Stop } from '../state/stop.ts';
import type { FilledScanOptions } from './fill-scan-options.ts';
import type { Books } from './summarize.ts';

/** What one scan keeps while it runs. */
export type ScanState = ReturnType<typeof createScanState>;

/**
 * The state of a scan that begins now. A breaker that gives the provider up stops it. Holds: nothing yet; in the end a
 * compact row for each ranked symbol, and the factors of each scored one.
 */
export function createScanState(options: FilledScanOptions, stop: Stop) {
  const { id, history, forming, source, window, concurrency, retryShare, top, rankBy, plan, tracer, log } =
    options;
  const population = new CrossSection();
  const books: Books = {
    id,
    asOf: history.to,
    forming,
    started: Date.now(),
    source,
    trafficBefore: { ...source.traffic },
    stop,
    ledger: new Ledger(),
    ranker: new Ranker({
      ...{ population, top, rankBy, ...(plan && { plan }) },
      store: {
        onTrouble: (error) =>
          log?.warn(
            { err: error },
            'No temporary file can be written (TMPDIR): the rows of the ranking stay in memory',
          ),
      },
    }),
    market: new Market(),
    clock: new StageClock(tracer && ((stage, inside, at) => tracer.inside(stage, inside, at))),
    cache: { hits: 0, misses: 0, prefetched: 0 },
    corrected: 0,
    retries: 0,
  };
  return {
    books,
    population,
    credits: new Credits(window),
    adaptive: new AdaptiveConcurrency({ ceiling: concurrency }),
    places: new CallPlaces(concurrency),
    slowest: new Slowest(),
    budget: new RetryBudget({ share: retryShare }),
    ground: new GroundCheck(source.name, Math.max(concurrency, 20)),
    breaker: new Breaker({
      onLost: (troubleMs) =>
        stop.stop(
          'ground-lost',
          new LostGroundError(
            `${source.name} has not answered usably for ${Math.round(troubleMs / 1000)} s; try again later: what was fetched is kept`,
          ),
        ),
    }),
  };
}
