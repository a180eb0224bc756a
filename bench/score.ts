/**
 * The kernel and the whole scoring of decoded series: ns a bar and µs a symbol of 260 bars, medians.
 *
 *     node bench/score.ts
 */
import { ROW_WIDTH } from '../src/features.ts';
import { layOutSeries, type Series } from '../src/series.ts';
import { CLASSIC_WEIGHTS, writeRow } from '../src/workers/classic.ts';
import { INDICATORS } from '../src/workers/indicators/index.ts';
import { computeIndicator } from '../src/workers/indicators/indicator.ts';
import { scoreBatch } from '../src/workers/score.ts';

const SYMBOLS = 2000;
const BARS = 260;
const ROUNDS = 15;

let seed = 1;
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

function walk(): Series {
  const series = layOutSeries({ bars: BARS, from: 0, to: BARS, flags: 0 });
  let price = 10 + random() * 200;
  for (let bar = 0; bar < BARS; bar++) {
    const open = price;
    price *= 1 + (random() - 0.5) * 0.04;
    series.session[bar] = bar + 1;
    series.open[bar] = open;
    series.high[bar] = Math.max(open, price) * 1.01;
    series.low[bar] = Math.min(open, price) * 0.99;
    series.close[bar] = price;
    series.volume[bar] = Math.round(random() * 1e6);
  }
  return series;
}

const all = Array.from({ length: SYMBOLS }, walk);
const jobs = all.map(({ bytes }) => ({ symbol: 'A', series: bytes }));
const rows = new Float64Array(SYMBOLS * ROW_WIDTH);
const options = { history: { from: 0, to: BARS, bars: BARS }, weights: CLASSIC_WEIGHTS };

const contenders: Readonly<Record<string, () => void>> = {
  'kernel, last values ': () => {
    all.forEach((series, index) => {
      writeRow(series, 0, BARS, CLASSIC_WEIGHTS, rows, index * ROW_WIDTH);
    });
  },
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
for (const [name, values] of Object.entries(times)) {
  const first = values[0]!;
  const median = values.sort((a, b) => a - b)[values.length >> 1]!;
  const ns = (ms: number) => ((ms * 1e6) / BARS).toFixed(1);
  console.log(
    `${name.padEnd(30)} ${ns(median)} ns a bar, ${(median * 1000).toFixed(2)} µs a symbol, first round ${ns(first)} ns`,
  );
}
