/**
 * Scoring decoded series: ns a bar and µs a symbol of 252 bars, medians of interleaved rounds.
 *
 * The floor is what memory allows: one pass over every column that does nothing but add.
 *
 *     node bench/score.ts [--rounds 25]
 */
import { parseArgs } from 'node:util';
import { ROW_WIDTH } from '../src/features.ts';
import { layOutSeries, type Series } from '../src/series.ts';
import { CLASSIC_WEIGHTS, writeRow } from '../src/workers/classic.ts';
import { INDICATORS } from '../src/workers/indicators/index.ts';
import { computeIndicator } from '../src/workers/indicators/indicator.ts';
import { writeBands } from '../src/workers/last-values/bands.ts';
import { writeExtremes } from '../src/workers/last-values/extremes.ts';
import { writeMacd } from '../src/workers/last-values/macd.ts';
import { writeOscillators } from '../src/workers/last-values/oscillators.ts';
import { writeReturns } from '../src/workers/last-values/returns.ts';
import { writeSlope } from '../src/workers/last-values/slope.ts';
import { writeTrading } from '../src/workers/last-values/trading.ts';
import { writeWilder } from '../src/workers/last-values/wilder.ts';
import { scoreBatch } from '../src/workers/score.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';

const SYMBOLS = 2000;
const BARS = 252;
const { values: asked } = parseArgs({ options: { rounds: { type: 'string', default: '25' } } });
const ROUNDS = Number(asked.rounds);

let seed = 1;
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

function walk(): Series {
  const series = layOutSeries({ bars: BARS, from: 0, to: BARS, flags: 0 });
  let price = 10 + random() * 200;
  for (let bar = 0; bar < BARS; bar++) {
    const open = price * (1 + (random() - 0.5) * 0.01);
    price *= 1 + (random() - 0.5) * 0.04;
    series.session[bar] = bar + 1;
    series.open[bar] = open;
    series.high[bar] = Math.max(open, price) * (1 + random() * 0.01);
    series.low[bar] = Math.min(open, price) * (1 - random() * 0.01);
    series.close[bar] = price;
    series.volume[bar] = Math.floor(random() * 1e6);
  }
  return series;
}

const all = Array.from({ length: SYMBOLS }, walk);
const jobs = all.map(({ bytes }) => ({ symbol: 'A', series: bytes }));
const rows = new Float64Array(SYMBOLS * ROW_WIDTH);
const options = { history: { from: 0, to: BARS, bars: BARS }, weights: CLASSIC_WEIGHTS };

function sumColumns({ open, high, low, close, volume, session }: Series): number {
  let opens = 0;
  let highs = 0;
  let lows = 0;
  let closes = 0;
  let volumes = 0;
  let sessions = 0;
  for (let bar = 0; bar < BARS; bar++) {
    opens += open[bar]!;
    highs += high[bar]!;
    lows += low[bar]!;
    closes += close[bar]!;
    volumes += volume[bar]!;
    sessions += session[bar]!;
  }
  return opens + highs + lows + closes + volumes + sessions;
}

const family =
  (write: (series: Series, start: number, end: number, row: Float64Array, at: number) => void) => () => {
    for (let index = 0; index < SYMBOLS; index++) write(all[index]!, 0, BARS, rows, index * ROW_WIDTH);
  };

const contenders: Readonly<Record<string, () => void>> = {
  'floor: sum of all columns': () => {
    for (let index = 0; index < SYMBOLS; index++) rows[index * ROW_WIDTH] = sumColumns(all[index]!);
  },
  'kernel: the whole row': () => {
    for (let index = 0; index < SYMBOLS; index++) {
      writeRow(all[index]!, 0, BARS, CLASSIC_WEIGHTS, rows, index * ROW_WIDTH);
    }
  },
  '  returns': family(writeReturns),
  '  wilder': family(writeWilder),
  '  macd': family(writeMacd),
  '  bands': family((series, start, end, row, at) => writeBands(series, start, end, 1, 1, row, at)),
  '  oscillators': family(writeOscillators),
  '  extremes': family(writeExtremes),
  '  slope': family(writeSlope),
  '  trading': family(writeTrading),
  'with views and checks': () => {
    scoreBatch(jobs, options);
  },
  'every indicator, whole series': () => {
    for (const series of all) for (const indicator of INDICATORS) computeIndicator(indicator, series);
  },
};

const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(contenders)) {
    const start = performance.now();
    run();
    times[name]!.push((performance.now() - start) / SYMBOLS);
  }
}
console.log(`${''.padEnd(30)}  ns a bar:  median    best   first   µs a symbol`);
for (const [name, values] of Object.entries(times)) {
  const first = values[0]!;
  const typical = median(values);
  const ns = (ms: number) => nsPerBar(ms).toFixed(1).padStart(8);
  console.log(
    `${name.padEnd(30)}           ${ns(typical)}${ns(Math.min(...values))}${ns(first)}${(typical * 1000).toFixed(2).padStart(14)}`,
  );
}
// Without the first round, in which the compiler is still at work.
const later = (name: string) => times[name]!.slice(1).map(nsPerBar);
tellFigures({ kernel: later('kernel: the whole row'), floor: later('floor: sum of all columns') });

function nsPerBar(ms: number): number {
  return (ms * 1e6) / BARS;
}
