/**
 * Every indicator over 6,000 symbols of 252 bars, default parameters: ns a bar, medians. Over whole series, and bar by bar
 * as a stream that could be corrected.
 *
 *     node bench/indicators.ts [id …]
 */
import { layOutSeries, type Series } from '../src/series.ts';
import { INDICATORS } from '../src/workers/indicators/index.ts';
import { computeIndicator, type Indicator } from '../src/workers/indicators/indicator.ts';
import { streamIndicator } from '../src/workers/indicators/stream-indicator.ts';

const SYMBOLS = 6000;
const BARS = 252;
const ROUNDS = 5;

/** What computes an indicator over one series. Another library is one more line, `undefined` where it has no such one. */
const CONTENDERS: Readonly<Record<string, (indicator: Indicator) => ((series: Series) => void) | undefined>> =
  {
    series: (indicator) => (series) => {
      computeIndicator(indicator, series);
    },
    stream:
      (indicator) =>
      ({ open, high, low, close, volume }) => {
        const stream = streamIndicator(indicator);
        for (let bar = 0; bar < BARS; bar++) {
          stream.next(open[bar]!, high[bar]!, low[bar]!, close[bar]!, volume[bar]!);
        }
      },
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

const all = Array.from({ length: SYMBOLS }, walk);
const asked = process.argv.slice(2);
const indicators = INDICATORS.filter(({ id }) => asked.length === 0 || asked.includes(id));
const names = Object.keys(CONTENDERS);
const totals = names.map(() => 0);

console.log(`${'ns a bar'.padEnd(14)}${names.map((name) => name.padStart(10)).join('')}`);
for (const indicator of indicators) {
  const medians = names.map((name, index) => {
    const run = CONTENDERS[name]!(indicator);
    if (run === undefined) return '–'.padStart(10);
    const times = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      for (const series of all) run(series);
      return ((performance.now() - start) * 1e6) / (SYMBOLS * BARS);
    });
    const median = times.sort((a, b) => a - b)[ROUNDS >> 1]!;
    totals[index]! += median;
    return median.toFixed(1).padStart(10);
  });
  console.log(`${indicator.id.padEnd(14)}${medians.join('')}`);
}
console.log(`${'all'.padEnd(14)}${totals.map((total) => total.toFixed(1).padStart(10)).join('')}`);
