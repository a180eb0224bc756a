/**
 * The stream of a scan alone: 6,000 symbols from admission to settling, on a source, a store and a scorer that answer at once
 * with what they have in memory, always the same; µs a symbol, medians of interleaved rounds. Every symbol is fetched and
 * stored, or found in the store; the row that each of them gets has no bars, so that nothing is ranked.
 *
 * The floor is a loop that asks the same of the same parts, in batches of the same size, and does nothing else.
 *
 *     node bench/stream.ts [--rounds 15]
 */
import { parseArgs } from 'node:util';
import { lastValueFrom } from 'rxjs';
import type { BlockStore } from '../src/cache/block-store.ts';
import { noStore } from '../src/cache/none.ts';
import { sessionsBack } from '../src/calendar/nyse.ts';
import { ROW_WIDTH } from '../src/features.ts';
import { layOutSeries } from '../src/series.ts';
import { parseSession } from '../src/session.ts';
import { answers } from '../src/standing.ts';
import { Stop } from '../src/state/stop.ts';
import { seriesKey } from '../src/store-keys.ts';
import { fillScanOptions } from '../src/streams/fill-scan-options.ts';
import { prepareScan } from '../src/streams/prepare-scan.ts';
import { scan } from '../src/streams/scan.ts';
import type { BarSource, Entry, ScoreResult, Scorer, SeriesBytes } from '../src/types.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';
import { timeInTurn } from './time-in-turn.ts';

const SYMBOLS = 6000;
const WARM_UP = 10;
/** The sizes of the stream's own batches. */
const ENTRIES = 512;
const READ = 256;
const SCORED = 128;
const CONCURRENCY = 64;
const { values: asked } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });

const asOf = parseSession('2018-07-17');
const lookback = 260;
const history = { from: sessionsBack(asOf, lookback), to: asOf, bars: lookback };
const { bytes: series } = layOutSeries({ bars: 0, from: history.from, to: asOf, flags: 0 });
const payload = { format: 'series', pages: [series] } as const;
const row = new Float64Array(ROW_WIDTH);

const source: BarSource = {
  name: 'constant',
  dataset: 'constant',
  traffic: { calls: 0, bytes: 0 },
  fetchBars: async () => payload,
  close: async () => {},
};
const full: BlockStore = { ...noStore, read: async (keys) => keys.map(() => series) };
const scorer: Scorer = {
  parallel: 1,
  score: async (jobs) =>
    jobs.map((job): ScoreResult => ('payload' in job ? { ok: true, row, series } : { ok: true, row })),
  close: async () => {},
};
const entries = Array.from({ length: SYMBOLS }, (_, index): Entry => {
  const symbol = `S${index}`;
  return { symbol, text: symbol, line: index + 1 };
});

async function* universe(): AsyncGenerator<readonly Entry[]> {
  for (let start = 0; start < SYMBOLS; start += ENTRIES) yield entries.slice(start, start + ENTRIES);
}

async function stream(store: BlockStore): Promise<void> {
  const options = fillScanOptions({ universe: [], source, asOf, lookback, workers: 0 });
  const { parts } = prepareScan(options, new Stop());
  await lastValueFrom(scan({ ...parts, universe: universe(), store, scorer }));
  const { ledger } = parts;
  if (!ledger.conserved || ledger.filtered['no-data'] !== SYMBOLS) {
    throw new Error(`Of ${SYMBOLS} symbols, ${ledger.out} came out`);
  }
}

async function loop(store: BlockStore): Promise<void> {
  const { signal } = new AbortController();
  let scored = 0;
  for await (const entered of universe()) {
    for (const batch of batchesOf(entered, READ)) {
      const found = await store.read(batch.map(({ symbol }) => seriesKey(source.dataset, symbol)));
      const isKept = (bytes: SeriesBytes | undefined) => bytes !== undefined && answers(bytes, history);
      const missing = batch.filter((_, index) => !isKept(found[index]));
      for (const few of batchesOf(missing, CONCURRENCY)) {
        await Promise.all(few.map(({ symbol }) => source.fetchBars(symbol, history, signal)));
      }
      for (const some of batchesOf(batch, SCORED)) {
        const jobs = some.map(({ symbol }) =>
          missing.length > 0 ? { symbol, payload } : { symbol, series },
        );
        for (const { ok } of await scorer.score(jobs)) if (ok) scored++;
      }
      if (missing.length > 0) {
        await store.write(missing.map(({ symbol }) => ({ key: seriesKey(source.dataset, symbol), series })));
      }
    }
  }
  if (scored !== SYMBOLS) throw new Error(`${scored} of ${SYMBOLS} were scored`);
}

function* batchesOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

const times = await timeInTurn(
  {
    kept: () => stream(full),
    fetched: () => stream(noStore),
    'floor: kept': () => loop(full),
    'floor: fetched': () => loop(noStore),
  },
  { rounds: Number(asked.rounds), warmUp: WARM_UP },
);
const figures = Object.fromEntries(
  Object.entries(times).map(([name, values]) => [name, values.map((ms) => (ms * 1000) / SYMBOLS)]),
);
console.log(`${SYMBOLS} symbols`);
for (const [name, values] of Object.entries(figures)) {
  console.log(`${name.padEnd(16)} ${median(values).toFixed(2).padStart(8)} µs a symbol`);
}
tellFigures(figures);
