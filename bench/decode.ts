/**
 * The decoders against `JSON.parse` of the same bodies, in turns, medians: µs for one symbol's body of 252 bars, and ms
 * for a day of 11,500 symbols in no order, with looking 6,000 of them up.
 *
 * The floor is what no decoder does without: one pass over the bytes, which does nothing but add.
 *
 *     node bench/decode.ts
 */
import { createSymbolList, findRows, viewMarketDay } from '../src/market-day.ts';
import { decodePolygonAggregates } from '../src/workers/decoders/polygon-aggregates.ts';
import { decodePolygonGrouped } from '../src/workers/decoders/polygon-grouped.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';

const BODIES = 200;
const BARS = 252;
const ROUNDS = 15;
const DAY = 86_400_000;
const SYMBOLS = 11_500;
const WANTED = 6000;
const SESSION = 20_000;

let seed = 1;
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

function row(open: number, close: number, time: number) {
  return {
    v: Math.round(random() * 5e7),
    vw: Number(close.toFixed(4)),
    o: Number(open.toFixed(2)),
    c: Number(close.toFixed(2)),
    h: Number((Math.max(open, close) * 1.01).toFixed(2)),
    l: Number((Math.min(open, close) * 0.99).toFixed(2)),
    t: time,
    n: Math.round(random() * 1e5),
  };
}

/** A body as the provider writes it: newest bar first. */
function seriesBody(ticker: string): Uint8Array {
  let price = 10 + random() * 200;
  const results = Array.from({ length: BARS }, (_, index) => {
    const open = price;
    price *= 1 + (random() - 0.5) * 0.04;
    return row(open, price, (SESSION - index) * DAY + 4 * 3_600_000);
  });
  const head = { ticker, queryCount: BARS, resultsCount: BARS, adjusted: false };
  return new TextEncoder().encode(JSON.stringify({ ...head, results, status: 'OK', request_id: 'a' }));
}

function dayBody(symbols: readonly string[]): Uint8Array {
  const results = symbols.map((T) => {
    const price = 10 + random() * 200;
    return { T, ...row(price, price * 1.01, SESSION * DAY + 20 * 3_600_000) };
  });
  const head = { queryCount: symbols.length, resultsCount: symbols.length, adjusted: false };
  return new TextEncoder().encode(JSON.stringify({ ...head, results, status: 'OK', request_id: 'a' }));
}

/** One to four letters, in no order. */
const symbols = Array.from({ length: SYMBOLS }, (_, index) =>
  ((index * 7919) % SYMBOLS)
    .toString(26)
    .replace(/./g, (digit) => String.fromCharCode(65 + Number.parseInt(digit, 26))),
);

const decoder = new TextDecoder();

function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum += bytes[at]!;
  return sum;
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Milliseconds of each, in turns. */
function compare<Name extends string>(runs: Readonly<Record<Name, () => unknown>>): Record<Name, number[]> {
  const entries = Object.entries(runs) as [Name, () => unknown][];
  const times = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of entries) times.get(name)!.push(time(run));
  }
  return Object.fromEntries(times) as Record<Name, number[]>;
}

const bodies = Array.from({ length: BODIES }, (_, index) => seriesBody(`S${index}`));
const history = { from: 0, to: 30_000, bars: BARS };
const seriesTimes = compare({
  scan: () => bodies.map((bytes, index) => decodePolygonAggregates([bytes], `S${index}`, history)),
  parse: () => bodies.map((bytes) => JSON.parse(decoder.decode(bytes)).status),
  floor: () => bodies.map(sumOf),
});
const series = {
  scan: median(seriesTimes.scan),
  parse: median(seriesTimes.parse),
  floor: median(seriesTimes.floor),
};
const seriesBytes = bodies.reduce((sum, { length }) => sum + length, 0);
const micros = (ms: number) => ((ms * 1000) / BODIES).toFixed(1);
console.log(`${BARS} bars, ${Math.round(seriesBytes / BODIES)} bytes a body`);
console.log(
  `decoder    ${micros(series.scan)} µs a body, ${((series.scan * 1e6) / seriesBytes).toFixed(2)} ns a byte`,
);
console.log(`JSON.parse ${micros(series.parse)} µs a body, ${(series.parse / series.scan).toFixed(1)} ×`);
console.log(`floor      ${micros(series.floor)} µs a body`);

const body = dayBody(symbols);
const { bytes } = decodePolygonGrouped([body], SESSION);
const sorted = dayBody(symbols.toSorted());
const list = createSymbolList(symbols.slice(0, WANTED));
const dayTimes = compare({
  scan: () => decodePolygonGrouped([body], SESSION),
  sorted: () => decodePolygonGrouped([sorted], SESSION),
  parse: () => JSON.parse(decoder.decode(body)),
  floor: () => sumOf(body),
  find: () => findRows(viewMarketDay(bytes), list),
});
const day = {
  scan: median(dayTimes.scan),
  sorted: median(dayTimes.sorted),
  parse: median(dayTimes.parse),
  floor: median(dayTimes.floor),
  find: median(dayTimes.find),
};
console.log(
  `${SYMBOLS} symbols, ${(body.length / 1e6).toFixed(2)} MB a day, encoded ${(bytes.length / 1e6).toFixed(2)} MB`,
);
console.log(`decoder    ${day.scan.toFixed(2)} ms a day, ${day.sorted.toFixed(2)} ms of one in order`);
console.log(`JSON.parse ${day.parse.toFixed(2)} ms a day, ${(day.parse / day.scan).toFixed(1)} ×`);
console.log(`floor      ${day.floor.toFixed(2)} ms a day`);
console.log(`findRows   ${day.find.toFixed(3)} ms for ${WANTED} symbols`);

const microsEach = (values: readonly number[]) => values.map((ms) => (ms * 1000) / BODIES);
tellFigures({
  series: microsEach(seriesTimes.scan),
  'series by JSON.parse': microsEach(seriesTimes.parse),
  'floor: series': microsEach(seriesTimes.floor),
  day: dayTimes.scan,
  'day by JSON.parse': dayTimes.parse,
  'floor: day': dayTimes.floor,
});
