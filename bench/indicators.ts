/**
 * Every indicator over 500 symbols of 252 bars, default parameters: ns a bar, medians of interleaved rounds.
 *
 * Here over whole series (`series`) and bar by bar as a stream that could be corrected (`stream`); other libraries over whole
 * series, where they have the same indicator; each is given the bars in the form it likes best. × is the ratio to `series`.
 * The floor is what memory allows: the columns that are read are read once, the outputs are allocated and written once.
 * Values that differ from those here by more than 1e-4 at the last bar are marked ≠.
 *
 *     node bench/indicators.ts [--rounds 11] [id …]
 */
import { parseArgs } from 'node:util';
import { ROW_WIDTH } from '../src/features.ts';
import { layOutSeries, type Series } from '../src/series.ts';
import { CLASSIC_WEIGHTS, writeRow } from '../src/workers/classic.ts';
import { INDICATORS } from '../src/workers/indicators/index.ts';
import { computeIndicator, type Indicator } from '../src/workers/indicators/indicator.ts';
import { streamIndicator } from '../src/workers/indicators/stream-indicator.ts';
import { type Bars, barsOf, type Contender } from './contenders/contender.ts';
import { talibWeb } from './contenders/talib-web.ts';
import { technicalIndicators } from './contenders/technicalindicators.ts';
import { tradingSignals } from './contenders/trading-signals.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';

const SYMBOLS = 500;
const BARS = 252;
const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '11' } },
});
const ROUNDS = Number(options.rounds);
/** What every general library of indicators has, or should. */
const COMMON = [
  ...['sma', 'ema', 'rsi', 'macd', 'atr', 'adx', 'bbands', 'stoch', 'obv', 'mfi', 'roc', 'cci', 'willr'],
  ...['aroon', 'donchian', 'linreg', 'stddev', 'psar'],
];
const LIBRARIES: Readonly<Record<string, Contender>> = {
  'trading-signals': tradingSignals,
  technicalindicators: technicalIndicators,
  'talib-web': talibWeb,
};

let seed = 1;
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x80000000;
}

function walk(): Series {
  const series = layOutSeries({ bars: BARS, from: 0, to: BARS, flags: 0 });
  let price = 10 + random() * 200;
  for (let bar = 0; bar < BARS; bar++) {
    const open = price;
    price *= 1 + (random() - 0.5) * 0.04;
    series.session[bar] = bar + 1;
    series.open[bar] = open;
    series.high[bar] = Math.max(open, price) * (1 + random() * 0.01);
    series.low[bar] = Math.min(open, price) * (1 - random() * 0.01);
    series.close[bar] = price;
    series.volume[bar] = Math.round(random() * 1e6);
  }
  return series;
}

const all = Array.from({ length: SYMBOLS }, () => barsOf(walk()));
const row = new Float64Array(ROW_WIDTH);
/** The sum of all results, so that none of them is optimised away. */
let sink = 0;

function sum(column: Float64Array): number {
  let total = 0;
  for (let bar = 0; bar < column.length; bar++) total += column[bar]!;
  return total;
}

/** Copies a column for each output, and reads those that are not copied. */
function touchMemory({ inputs, outputs }: Indicator, series: Series): number {
  let last = 0;
  for (let index = 0; index < outputs.length; index++) {
    last += series[inputs[index % inputs.length]!].slice().at(-1)!;
  }
  for (let index = outputs.length; index < inputs.length; index++) last += sum(series[inputs[index]!]);
  return last;
}

function streamed(indicator: Indicator, { open, high, low, close, volume }: Series): number {
  const stream = streamIndicator(indicator);
  for (let bar = 0; bar < BARS; bar++) {
    stream.next(open[bar]!, high[bar]!, low[bar]!, close[bar]!, volume[bar]!);
  }
  return stream.values[indicator.outputs[0]!]!;
}

/** Median ns a bar of each, round by round in turn. */
function measure(runs: Readonly<Record<string, (bars: Bars) => number>>): Record<string, number> {
  const names = Object.keys(runs);
  const times = names.map(() => [] as number[]);
  for (let round = 0; round < ROUNDS; round++) {
    names.forEach((name, index) => {
      const run = runs[name]!;
      const start = performance.now();
      for (const bars of all) sink += run(bars);
      times[index]!.push(((performance.now() - start) * 1e6) / (SYMBOLS * BARS));
    });
  }
  return Object.fromEntries(names.map((name, index) => [name, median(times[index]!)]));
}

const ns = (value: number) => value.toFixed(1).padStart(8);
const times = (value: number, width = 8) => `×${value.toFixed(1)}`.padStart(width);

function line(title: string, ours: Record<string, number>, cells: readonly string[]): void {
  const { floor, series, stream } = ours as { floor: number; series: number; stream?: number };
  const streamText = stream === undefined ? ''.padStart(8) : ns(stream);
  console.log(
    `${title.padEnd(26)}${ns(floor)}${ns(series)}${times(series / floor)}${streamText}${cells.join('')}`,
  );
}

const measured = new Map<string, Record<string, number>>();
const titles = Object.keys(LIBRARIES).map((name) => name.padStart(20));
console.log(
  `${'ns a bar'.padEnd(26)}${['floor', 'series', '× floor', 'stream'].map((title) => title.padStart(8)).join('')}${titles.join('')}`,
);
for (const indicator of INDICATORS) {
  const { id, outputs } = indicator;
  if (asked.length > 0 && !asked.includes(id)) continue;
  const compute = ({ series }: Bars) => computeIndicator(indicator, series)[outputs[0]!]!.at(-1)!;
  const others = Object.entries(LIBRARIES).filter(([, contender]) => Object.hasOwn(contender, id));
  const medians = measure({
    floor: ({ series }) => touchMemory(indicator, series),
    series: compute,
    stream: ({ series }) => streamed(indicator, series),
    ...Object.fromEntries(others.map(([name, contender]) => [name, contender[id]!])),
  });
  measured.set(id, medians);
  const cells = Object.entries(LIBRARIES).map(([name, contender]) => {
    if (medians[name] === undefined) return '–'.padStart(20);
    const [here, there] = [compute(all[0]!), contender[id]!(all[0]!)];
    const mark = Math.abs(there - here) <= 1e-4 * Math.abs(here) ? '' : '≠';
    return `${mark}${medians[name].toFixed(1)}`.padStart(11) + times(medians[name] / medians.series!, 9);
  });
  line(id, medians, cells);
}

if (asked.length === 0) {
  const total = (name: string, ids: readonly string[]) =>
    ids.reduce((whole, id) => whole + measured.get(id)![name]!, 0);
  const having = (name: string) => COMMON.filter((id) => measured.get(id)![name] !== undefined);
  const totals = Object.fromEntries(['floor', 'series', 'stream'].map((name) => [name, total(name, COMMON)]));
  const cells = (ratio: (name: string) => number) =>
    Object.keys(LIBRARIES).map(
      (name) => total(name, having(name)).toFixed(1).padStart(11) + times(ratio(name), 9),
    );
  console.log();
  // A library is compared with the same indicators here.
  line(
    `all ${COMMON.length} common`,
    totals,
    cells((name) => total(name, having(name)) / total('series', having(name))),
  );
  console.log(
    `${'  of which it has'.padEnd(58)}${Object.keys(LIBRARIES)
      .map((name) => `${having(name).length}`.padStart(20))
      .join('')}`,
  );
  const last = measure({
    floor: ({ series }) =>
      (['open', 'high', 'low', 'close', 'volume'] as const).reduce(
        (read, name) => read + sum(series[name]),
        0,
      ),
    series: ({ series }) => {
      writeRow(series, 0, BARS, CLASSIC_WEIGHTS, row, 0);
      return row[0]!;
    },
  });
  // Others have no way to last values but the whole series.
  line(
    `last values: all ${ROW_WIDTH} of a row`,
    last,
    cells((name) => total(name, having(name)) / last.series!),
  );
  tellFigures({
    'last values': [last.series!],
    ...Object.fromEntries(
      Object.keys(LIBRARIES).flatMap((name) => [
        [name, [total(name, having(name))]],
        [`same as ${name}`, [total('series', having(name))]],
      ]),
    ),
  });
}
if (Number.isNaN(sink)) throw new Error('A value is missing at the last bar');
