import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { INDICATORS } from '../../../src/workers/indicators/index.ts';
import {
  type BarColumns,
  computeIndicator,
  type Indicator,
  resolveParameters,
  startIndicator,
} from '../../../src/workers/indicators/indicator.ts';
import { AT, BARS, EXPECTED } from './reference-values.ts';

const reference: BarColumns = {
  open: Float64Array.from(BARS, ([open]) => open / 100),
  high: Float64Array.from(BARS, ([, high]) => high / 100),
  low: Float64Array.from(BARS, ([, , low]) => low / 100),
  close: Float64Array.from(BARS, ([, , , close]) => close / 100),
  volume: Float64Array.from(BARS, ([, , , , volume]) => volume),
};

/** Prices in cents, with repeats, so that flat stretches occur. */
const bars = fc
  .array(
    fc.tuple(
      fc.integer({ min: 100, max: 110 }),
      fc.nat({ max: 3 }),
      fc.nat({ max: 3 }),
      fc.nat({ max: 1000 }),
    ),
    {
      maxLength: 120,
      size: 'max',
    },
  )
  .map((rows): BarColumns => {
    const close = Float64Array.from(rows, ([price]) => price / 100);
    return {
      open: Float64Array.from(rows, ([price], bar) => (rows[bar - 1]?.[0] ?? price) / 100),
      high: Float64Array.from(rows, ([price, up]) => (price + up) / 100),
      low: Float64Array.from(rows, ([price, , down]) => (price - down) / 100),
      close,
      volume: Float64Array.from(rows, ([, , , volume]) => volume),
    };
  });

function first({ open, high, low, close, volume }: BarColumns, count: number): BarColumns {
  return {
    open: open.slice(0, count),
    high: high.slice(0, count),
    low: low.slice(0, count),
    close: close.slice(0, count),
    volume: volume.slice(0, count),
  };
}

/** Parameters within bounds and short enough for short series. */
function parametersOf(indicator: Indicator): fc.Arbitrary<Record<string, number>> {
  return fc.record(
    Object.fromEntries(
      Object.entries(indicator.parameters).map(([name, { min, max }]) => [
        name,
        fc.integer({ min: Math.ceil(min), max: Math.min(max, 30) }),
      ]),
    ),
  );
}

it('gives every indicator an id of its own', () => {
  expect(new Set(INDICATORS.map(({ id }) => id)).size).toBe(INDICATORS.length);
});

describe.each(INDICATORS.map((indicator) => [indicator.id, indicator] as const))('%s', (id, indicator) => {
  it('equals values computed independently', () => {
    const outputs = computeIndicator(indicator, reference);
    expect(Object.keys(outputs)).toStrictEqual(Object.keys(EXPECTED[id]!));
    for (const [output, values] of Object.entries(EXPECTED[id]!)) {
      values.forEach((value, index) => {
        const actual = outputs[output]![AT[index]!]!;
        if (Number.isNaN(value)) expect(actual).toBeNaN();
        else expect(Math.abs(actual / value - 1)).toBeLessThan(1e-11);
      });
    }
  });

  test.prop([bars, parametersOf(indicator)])('is NaN exactly while warming up', (columns, parameters) => {
    const outputs = computeIndicator(indicator, columns, parameters);
    const warmup = indicator.warmup(resolveParameters(indicator, parameters));
    for (const output of indicator.outputs) {
      expect([...outputs[output]!].map(Number.isNaN)).toStrictEqual(
        Array.from(columns.close, (_, bar) => bar < warmup),
      );
    }
  });

  test.prop([bars, parametersOf(indicator), fc.nat()])('never looks ahead', (columns, parameters, cut) => {
    const count = cut % (columns.close.length + 1);
    const whole = computeIndicator(indicator, columns, parameters);
    const part = computeIndicator(indicator, first(columns, count), parameters);
    for (const output of indicator.outputs) {
      expect(part[output]).toStrictEqual(whole[output]!.slice(0, count));
    }
  });

  test.prop([bars, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)])(
    'recovers from a bar that is not a number as from a start',
    (columns, hole) => {
      const parameters = Object.fromEntries(Object.keys(indicator.parameters).map((name) => [name, 5]));
      const state = startIndicator(indicator, parameters);
      for (const value of [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21])
        state.next(value, value, value, value, 1);
      state.next(hole, hole, hole, hole, hole);
      const after = [];
      const { open, high, low, close, volume } = columns;
      const fields = state as unknown as Record<string, number>;
      for (let bar = 0; bar < close.length; bar++) {
        state.next(open[bar]!, high[bar]!, low[bar]!, close[bar]!, volume[bar]!);
        after.push(indicator.outputs.map((output) => fields[output]!));
      }
      const fresh = computeIndicator(indicator, columns, parameters);
      const warmup = indicator.warmup(resolveParameters(indicator, parameters));
      after.forEach((values, bar) => {
        // A window of changes holds the change from the hole one bar longer.
        if (bar > warmup)
          expect(values).toStrictEqual(indicator.outputs.map((output) => fresh[output]![bar]!));
      });
    },
  );

  test.prop([bars])('starts afresh after a reset', (columns) => {
    const { open, high, low, close, volume } = columns;
    const state = startIndicator(indicator);
    const fields = state as unknown as Record<string, number>;
    const run = () =>
      Array.from(close, (_, bar) => {
        state.next(open[bar]!, high[bar]!, low[bar]!, close[bar]!, volume[bar]!);
        return indicator.outputs.map((output) => fields[output]!);
      });
    const before = run();
    state.reset();
    expect(run()).toStrictEqual(before);
  });

  it('refuses parameters beyond their bounds, by name', () => {
    for (const [name, { min, max, integer }] of Object.entries(indicator.parameters)) {
      for (const value of [min - 1, max + 1, Number.NaN, ...(integer ? [min + 0.5] : [])]) {
        expect(() => startIndicator(indicator, { [name]: value })).toThrow(
          new RegExp(`\`${name}\` of ${id} .* from ${min} to ${max}, got \`${value}\``),
        );
      }
    }
  });
});

describe('edge cases', () => {
  const flat = (price: number, count = 60): BarColumns => {
    const column = new Float64Array(count).fill(price);
    return { open: column, high: column, low: column, close: column, volume: column };
  };
  const last = (id: string, columns: BarColumns, parameters = {}) => {
    const indicator = INDICATORS.find((each) => each.id === id)!;
    const outputs = computeIndicator(indicator, columns, parameters);
    return indicator.outputs.map((output) => outputs[output]!.at(-1));
  };

  test.prop([fc.double({ min: 0.01, max: 10_000, noNaN: true })])(
    'reads the averages of a flat series as exactly its price, so that they compare as equal',
    (price) => {
      expect(last('sma', flat(price), { period: 20 })).toStrictEqual([price]);
      expect(last('sma', flat(price), { period: 50 })).toStrictEqual([price]);
    },
  );

  it('reads the RSI of a flat series as 0, of a rising one as 100', () => {
    expect(last('rsi', flat(7))).toStrictEqual([0]);
    const rising = flat(1);
    rising.close.forEach((_, bar, close) => {
      close[bar] = 1 + bar;
    });
    expect(last('rsi', rising)).toStrictEqual([100]);
  });

  it('swaps the periods of a MACD whose fast one is the slow one', () => {
    expect(last('macd', reference, { fast: 26, slow: 12 })).toStrictEqual(last('macd', reference));
  });
});
