/**
 * The decoder against `JSON.parse` of the same bodies, in turns: µs for a body of 252 bars, medians.
 *
 *     node bench/decode.ts
 */
import { decodePolygonAggregates } from '../src/workers/decoders/polygon-aggregates.ts';

const BODIES = 200;
const BARS = 252;
const ROUNDS = 15;
const DAY = 86_400_000;

let seed = 1;
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

/** A body as the provider writes it: newest bar first. */
function body(ticker: string): Uint8Array {
  let price = 10 + random() * 200;
  const results = Array.from({ length: BARS }, (_, index) => {
    const open = price;
    price *= 1 + (random() - 0.5) * 0.04;
    return {
      v: Math.round(random() * 5e7),
      vw: Number(price.toFixed(4)),
      o: Number(open.toFixed(2)),
      c: Number(price.toFixed(2)),
      h: Number((Math.max(open, price) * 1.01).toFixed(2)),
      l: Number((Math.min(open, price) * 0.99).toFixed(2)),
      t: (20_000 - index) * DAY + 4 * 3_600_000,
      n: Math.round(random() * 1e5),
    };
  });
  const head = { ticker, queryCount: BARS, resultsCount: BARS, adjusted: true };
  return new TextEncoder().encode(JSON.stringify({ ...head, results, status: 'OK', request_id: 'a' }));
}

const bodies = Array.from({ length: BODIES }, (_, index) => body(`S${index}`));
const history = { from: 0, to: 30_000, bars: BARS };
const decoder = new TextDecoder();

function time(run: (bytes: Uint8Array, index: number) => void): number {
  const start = performance.now();
  bodies.forEach(run);
  return ((performance.now() - start) * 1000) / BODIES;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
const scan: number[] = [];
const parse: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  scan.push(time((bytes, index) => decodePolygonAggregates([bytes], `S${index}`, history)));
  parse.push(time((bytes) => JSON.parse(decoder.decode(bytes))));
}
const bytes = bodies.reduce((sum, { length }) => sum + length, 0) / BODIES;
const micros = median(scan);
console.log(`${BARS} bars, ${Math.round(bytes)} bytes a body, first round ${scan[0]!.toFixed(1)} µs`);
console.log(`decoder    ${micros.toFixed(1)} µs a body, ${((micros * 1000) / bytes).toFixed(2)} ns a byte`);
console.log(`JSON.parse ${median(parse).toFixed(1)} µs a body, ${(median(parse) / micros).toFixed(1)} ×`);
