import { fc } from '@fast-check/vitest';
import type { BarColumns, Indicator, Input } from '../../../src/workers/indicators/indicator.ts';

/** Open, high, low, close, volume. */
export type BarRow = readonly [open: number, high: number, low: number, close: number, volume: number];

const INPUTS: readonly Input[] = ['open', 'high', 'low', 'close', 'volume'];

export function columnsOf(bars: readonly BarRow[]): BarColumns {
  const column = (index: number) => Float64Array.from(bars, (bar) => bar[index]!);
  return Object.fromEntries(INPUTS.map((input, index) => [input, column(index)])) as BarColumns;
}

/** Every column changed by a function of its own, or left as it is. */
export function mapColumns(
  bars: BarColumns,
  change: Partial<Record<Input, (value: number) => number>>,
): BarColumns {
  return Object.fromEntries(
    INPUTS.map((input) => [input, bars[input].map(change[input] ?? ((value) => value))]),
  ) as BarColumns;
}

/** A copy of bars `start` … `end − 1`. */
export function sliceColumns(bars: BarColumns, start: number, end: number): BarColumns {
  return Object.fromEntries(INPUTS.map((input) => [input, bars[input].slice(start, end)])) as BarColumns;
}

/** The same bar again and again. */
export function flatBars(price: number, volume = 100, count = 80): BarColumns {
  return columnsOf(Array.from({ length: count }, () => [price, price, price, price, volume] as const));
}

/** One bar in cents, few prices wide so that equal ones and flat stretches occur; some do not trade. */
export const someBar: fc.Arbitrary<BarRow> = fc
  .tuple(
    fc.integer({ min: 100, max: 110 }),
    fc.integer({ min: 100, max: 110 }),
    fc.nat({ max: 3 }),
    fc.nat({ max: 3 }),
    fc.oneof(fc.constant(0), fc.nat({ max: 1000 })),
  )
  .map(([open, close, up, down, volume]) => [
    open / 100,
    (Math.max(open, close) + up) / 100,
    (Math.min(open, close) - down) / 100,
    close / 100,
    volume,
  ]);

export const someBars: fc.Arbitrary<readonly BarRow[]> = fc.array(someBar, { maxLength: 120, size: 'max' });

/** Parameters within bounds and short enough for short series. */
export function someParameters(indicator: Indicator): fc.Arbitrary<Record<string, number>> {
  return fc.record(
    Object.fromEntries(
      Object.entries(indicator.parameters).map(([name, { min, max, integer }]) => [
        name,
        integer
          ? fc.integer({ min, max: Math.min(max, 30) })
          : fc.double({ min, max: Math.min(max, 5), noNaN: true }),
      ]),
    ),
  );
}

/** A walk of `count` bars whose prices hardly ever repeat: the same for the same seed. */
export function walk(count: number, seed = 1): BarColumns {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
  let price = 100;
  return columnsOf(
    Array.from({ length: count }, () => {
      const open = price;
      price *= 1 + (random() - 0.5) * 0.04;
      const high = Math.max(open, price) * (1 + random() * 0.01);
      return [
        open,
        high,
        Math.min(open, price) * (1 - random() * 0.01),
        price,
        1000 + random() * 1e6,
      ] as const;
    }),
  );
}
