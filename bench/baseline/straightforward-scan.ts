/**
 * The scan as a good engineer writes it in an afternoon, in one file: so many requests at once, `fetch`, `JSON.parse`, a
 * library of indicators, sort, NDJSON. It retries, it has timeouts, and it keeps bars in JSON files; it is here to be
 * compared with.
 *
 *     node bench/baseline/straightforward-scan.ts --url URL --universe FILE --from DATE --to DATE --out FILE
 *         [--concurrency 64] [--timeout 10000] [--cache FOLDER]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  ADX,
  ATR,
  BollingerBands,
  EMA,
  MACD,
  OBV,
  ROC,
  RSI,
  SMA,
  StochasticOscillator,
} from 'trading-signals';

interface Bar {
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly t: number;
}

const ATTEMPTS = 3;
const MIN_BARS = 26;
const MIN_CLOSE = 1;

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    universe: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    out: { type: 'string' },
    concurrency: { type: 'string', default: '64' },
    timeout: { type: 'string', default: '10000' },
    cache: { type: 'string' },
  },
});
const { url, universe, from, to, out, cache } = values;
if (!url || !universe || !from || !to || !out)
  throw new Error('Expected --url, --universe, --from, --to and --out');
if (cache !== undefined) await mkdir(cache, { recursive: true });

const symbols = (await readFile(universe, 'utf8')).split('\n').filter((line) => line !== '');
const rows: { symbol: string; score: number }[] = [];
let failed = 0;
const left = symbols.values();
await Promise.all(
  Array.from({ length: Number(values.concurrency) }, async () => {
    for (const symbol of left) {
      try {
        const row = score(symbol, await barsOf(symbol));
        if (row) rows.push(row);
      } catch {
        failed++;
      }
    }
  }),
);
rows.sort((a, b) => b.score - a.score || (a.symbol < b.symbol ? -1 : 1));
await writeFile(out, rows.map((row, index) => `${JSON.stringify({ rank: index + 1, ...row })}\n`).join(''));
console.log(`${rows.length} of ${symbols.length} symbols ranked, ${failed} failed`);

async function barsOf(symbol: string): Promise<readonly Bar[]> {
  if (cache === undefined) return fetchBars(symbol);
  const file = join(cache, `${symbol}.json`);
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as { to: string; bars: readonly Bar[] };
    if (kept.to === to) return kept.bars;
  } catch {
    // Not there yet.
  }
  const bars = await fetchBars(symbol);
  await writeFile(file, JSON.stringify({ to, bars }));
  return bars;
}

async function fetchBars(symbol: string): Promise<readonly Bar[]> {
  const path = `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/day/${from}/${to}`;
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(`${url}${path}?adjusted=true&sort=asc&limit=50000`, {
        signal: AbortSignal.timeout(Number(values.timeout)),
      });
      if (response.status === 404) return [];
      if (!response.ok) throw new Error(`Status ${response.status}`);
      const { results = [] } = (await response.json()) as { results?: Bar[] };
      return results;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await delay(100 * 2 ** attempt);
    }
  }
}

function score(symbol: string, bars: readonly Bar[]) {
  const last = bars.at(-1);
  if (last === undefined || bars.length < MIN_BARS || last.c < MIN_CLOSE) return;
  const close = bars.map(({ c }) => c);
  const candles = bars.map(({ o, h, l, c, v }) => ({ open: o, high: h, low: l, close: c, volume: v }));
  const sma_20 = new SMA(20).updates(close).at(-1)!;
  const sma_50 = new SMA(50).updates(close).at(-1) ?? null;
  const sma_200 = new SMA(200).updates(close).at(-1) ?? null;
  const ema_20 = new EMA(20).updates(close).at(-1)!;
  const rsi_14 = new RSI(14).updates(close).at(-1)!;
  const macd = new MACD(new EMA(12), new EMA(26), new EMA(9)).updates(close).at(-1)?.histogram ?? 0;
  const atr_14 = new ATR(14).updates(candles).at(-1)!;
  const adx_14 = new ADX(14).updates(candles).at(-1) ?? null;
  const bands = new BollingerBands(20, 2).updates(close).at(-1)!;
  const stoch_k =
    new StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 }).updates(candles).at(-1)
      ?.stochK ?? null;
  const obv = new OBV(2).updates(candles).at(-1)!;
  const roc_21 = new ROC(21).updates(close).at(-1) ?? 0;
  let points = 0;
  if (last.c > sma_20) points += 10;
  if (sma_50 !== null && last.c > sma_50) points += 15;
  if (sma_200 !== null && last.c > sma_200) points += 15;
  if (adx_14 !== null && adx_14 > 25) points += 10;
  if (macd > 0) points += 10;
  if (rsi_14 > 50 && rsi_14 < 70) points += 10;
  if (last.c > bands.upper) points += 10;
  if (stoch_k !== null && stoch_k > 50) points += 5;
  points += Math.max(-15, Math.min(15, 100 * roc_21));
  return {
    symbol,
    score: points,
    close: last.c,
    sma_20,
    sma_50,
    sma_200,
    ema_20,
    rsi_14,
    macd,
    atr_14,
    adx_14,
    stoch_k,
    obv,
  };
}
