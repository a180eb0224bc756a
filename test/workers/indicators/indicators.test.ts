import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { INDICATORS } from '../../../src/workers/indicators/index.ts';
import { computeIndicator, type Input } from '../../../src/workers/indicators/indicator.ts';
import { resolveParameters } from '../../../src/workers/indicators/resolve-parameters.ts';
import { streamIndicator } from '../../../src/workers/indicators/stream-indicator.ts';
import {
  type BarRow,
  columnsOf,
  mapColumns,
  sliceColumns,
  someBar,
  someBars,
  someParameters,
  walk,
} from './bars.ts';
import { barsOf, tableOf } from './vectors/vector-files.ts';

/** Bars, and every output of every indicator on them: `id.output`. */
const reference = tableOf(
  readFileSync(new URL('../../fixtures/indicator-values.csv', import.meta.url), 'utf8').replace(/^#.*\n/, ''),
);

/** The outputs that grow with the unit of prices, and with that of volume; the others do not change. */
const PRICES = new Set([
  ...['sma.sma', 'ema.ema', 'macd.macd', 'macd.signal', 'macd.histogram', 'atr.atr', 'stddev.stddev'],
  ...['bbands', 'donchian', 'keltner'].flatMap((id) => [`${id}.upper`, `${id}.middle`, `${id}.lower`]),
  ...['vwap_n.vwap', 'supertrend.supertrend', 'psar.psar', 'dollar_volume.dollarVolume'],
]);
const VOLUMES = new Set(['obv.obv', 'dollar_volume.dollarVolume']);

/** What the definition has no value for, after the warm-up: nothing is divided by nothing. */
const UNDEFINED: Readonly<Record<string, (window: readonly BarRow[]) => boolean>> = {
  'bbands.percentB': (window) => window.every(([, , , close]) => close === window[0]![3]),
  'linreg.r2': (window) => window.every(([, , , close]) => close === window[0]![3]),
  'vwap_n.vwap': (window) => window.every(([, , , , volume]) => volume === 0),
};

/** The bounds that outputs keep on bars whose closes lie within their ranges. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  'rsi.rsi': [0, 100],
  'adx.adx': [0, 100],
  'adx.dx': [0, 100],
  'adx.plusDi': [0, 100],
  'adx.minusDi': [0, 100],
  'bbands.bandwidth': [0, Number.POSITIVE_INFINITY],
  'stoch.k': [0, 100],
  'stoch.d': [0, 100],
  'mfi.mfi': [0, 100],
  'willr.willr': [-100, 0],
  'aroon.up': [0, 100],
  'aroon.down': [0, 100],
  'aroon.oscillator': [-100, 100],
  'atr.atr': [0, Number.POSITIVE_INFINITY],
  'linreg.r2': [0, 1],
  'stddev.stddev': [0, Number.POSITIVE_INFINITY],
  'realized_vol.realizedVol': [0, Number.POSITIVE_INFINITY],
  'dollar_volume.dollarVolume': [0, Number.POSITIVE_INFINITY],
};

it('gives every indicator an id of its own', () => {
  expect(new Set(INDICATORS.map(({ id }) => id)).size).toBe(INDICATORS.length);
});

it('bounds, scales and excepts outputs that exist', () => {
  const names = INDICATORS.flatMap(({ id, outputs }) => outputs.map((output) => `${id}.${output}`));
  for (const name of [...PRICES, ...VOLUMES, ...Object.keys(UNDEFINED), ...Object.keys(BOUNDS)]) {
    expect(names).toContain(name);
  }
});

describe.each(INDICATORS.map((indicator) => [indicator.id, indicator] as const))('%s', (id, indicator) => {
  it('equals values computed independently', () => {
    const dollars = (cents: number) => cents / 100;
    const columns = mapColumns(barsOf(reference), {
      open: dollars,
      high: dollars,
      low: dollars,
      close: dollars,
    });
    const outputs = computeIndicator(indicator, columns);
    const names = reference.names.filter((name) => name.startsWith(`${id}.`));
    expect(Object.keys(outputs).map((output) => `${id}.${output}`)).toStrictEqual(names);
    for (const [output, values] of Object.entries(outputs)) {
      reference.column(`${id}.${output}`).forEach((value, bar) => {
        const where = `${output} at bar ${bar}: ${values[bar]} for ${value}`;
        if (Number.isNaN(value)) expect(values[bar], where).toBeNaN();
        else
          expect(Math.abs(values[bar]! - value), where).toBeLessThanOrEqual(1e-11 * Math.abs(value) + 1e-13);
      });
    }
  });

  test.prop([someBars, someParameters(indicator)])(
    'has its first value at its warm-up',
    (bars, parameters) => {
      const outputs = computeIndicator(indicator, columnsOf(bars), parameters);
      for (const output of indicator.outputs) {
        const warmup = indicator.warmup(resolveParameters(indicator, parameters), output);
        const isUndefined = UNDEFINED[`${id}.${output}`] ?? (() => false);
        expect([...outputs[output]!].map(Number.isNaN)).toStrictEqual(
          bars.map((_, bar) => bar < warmup || isUndefined(bars.slice(bar - warmup, bar + 1))),
        );
      }
    },
  );

  test.prop([someBars, someParameters(indicator), fc.nat()])('never looks ahead', (bars, parameters, cut) => {
    const count = cut % (bars.length + 1);
    const whole = computeIndicator(indicator, columnsOf(bars), parameters);
    const part = computeIndicator(indicator, columnsOf(bars.slice(0, count)), parameters);
    for (const output of indicator.outputs) {
      expect(part[output]).toStrictEqual(whole[output]!.slice(0, count));
    }
  });

  const broken = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  const maybeBroken = fc.oneof(
    { weight: 8, arbitrary: someBar },
    {
      weight: 1,
      arbitrary: fc
        .tuple(someBar, fc.constantFrom(...indicator.inputs), broken)
        .map(([bar, input, value]) => bar.with(PLACE[input], value) as unknown as BarRow),
    },
  );
  const maybeBrokenBars = fc.array(maybeBroken, { maxLength: 120, size: 'max' });

  test.prop([maybeBrokenBars, someParameters(indicator)])(
    'skips a bar without a number that it reads: NaN there, and as if it had not been from there on',
    (bars, parameters) => {
      const outputs = computeIndicator(indicator, columnsOf(bars), parameters);
      const taken = bars.filter((bar) => bar.every(Number.isFinite));
      const without = computeIndicator(indicator, columnsOf(taken), parameters);
      for (const output of indicator.outputs) {
        const expected = [...without[output]!];
        expect([...outputs[output]!]).toStrictEqual(
          bars.map((bar) => (bar.every(Number.isFinite) ? expected.shift() : Number.NaN)),
        );
      }
    },
  );

  test.prop([
    fc.array(fc.tuple(maybeBroken, fc.array(maybeBroken, { maxLength: 2 })), { maxLength: 120, size: 'max' }),
    someParameters(indicator),
  ])(
    'reads the same bar by bar, corrections included, as over the whole series, bit for bit',
    (rows, parameters) => {
      const stream = streamIndicator(indicator, parameters);
      const streamed = rows.map(([bar, forming]) => {
        const [first, ...later] = [...forming, bar];
        stream.next(...first!);
        for (const corrected of later) stream.correct(...corrected);
        return { ...stream.values };
      });
      const outputs = computeIndicator(indicator, columnsOf(rows.map(([bar]) => bar)), parameters);
      expect(streamed).toStrictEqual(
        rows.map((_, bar) =>
          Object.fromEntries(indicator.outputs.map((output) => [output, outputs[output]![bar]!])),
        ),
      );
    },
  );

  test.prop([someBars])('reads nothing but its inputs', (bars) => {
    const columns = columnsOf(bars);
    const others = (Object.keys(PLACE) as Input[]).filter((input) => !indicator.inputs.includes(input));
    const blank = mapColumns(columns, Object.fromEntries(others.map((input) => [input, () => Number.NaN])));
    expect(computeIndicator(indicator, blank)).toStrictEqual(computeIndicator(indicator, columns));
    for (const input of indicator.inputs) {
      const without = computeIndicator(indicator, mapColumns(columns, { [input]: () => Number.NaN }));
      for (const output of indicator.outputs) expect(without[output]!.every(Number.isNaN)).toBe(true);
    }
  });

  it.each([
    [3, 1],
    [0.001, 1],
    [1, 7],
    [1, 0.01],
  ])('scales with prices × %d and volume × %d as its outputs do', (price, volume) => {
    const columns = walk(300);
    const scaled = mapColumns(columns, {
      open: (value) => value * price,
      high: (value) => value * price,
      low: (value) => value * price,
      close: (value) => value * price,
      volume: (value) => value * volume,
    });
    const before = computeIndicator(indicator, columns);
    const after = computeIndicator(indicator, scaled);
    for (const output of indicator.outputs) {
      const name = `${id}.${output}`;
      const factor = (PRICES.has(name) ? price : 1) * (VOLUMES.has(name) ? volume : 1);
      const size = largest(before[output]!);
      expect(size).toBeGreaterThan(0);
      before[output]!.forEach((value, bar) => {
        if (!Number.isNaN(value)) {
          expect(Math.abs(after[output]![bar]! / factor - value)).toBeLessThanOrEqual(1e-11 * size);
        }
      });
    }
  });

  test.prop([someBars, someParameters(indicator)])('keeps its bounds', (bars, parameters) => {
    const outputs = computeIndicator(indicator, columnsOf(bars), parameters);
    for (const output of indicator.outputs) {
      const [min, max] = BOUNDS[`${id}.${output}`] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      expect([...outputs[output]!].filter((value) => value < min || value > max)).toStrictEqual([]);
    }
  });

  it('refuses parameters beyond their bounds, and unknown ones, by name', () => {
    for (const [name, { min, max, integer }] of Object.entries(indicator.parameters)) {
      const kind = integer ? 'an integer' : 'a number';
      for (const value of [min - 1, max + 1, Number.NaN, ...(integer ? [min + 0.5] : [])]) {
        const message = `Expected \`${name}\` of ${id} to be ${kind} from ${min} to ${max}, got \`${value}\``;
        expect(() => computeIndicator(indicator, walk(1), { [name]: value })).toThrow(
          new RangeError(message),
        );
        expect(() => streamIndicator(indicator, { [name]: value })).toThrow(new RangeError(message));
      }
      for (const value of [min, max]) {
        expect(resolveParameters(indicator, { [name]: value })[name]).toBe(value);
      }
    }
    expect(() => streamIndicator(indicator, { perod: 3 })).toThrow(/parameters of .*, got `perod`/);
  });

  it('forgets where the series begins from the bar it says, and not long before', () => {
    const columns = walk(4000);
    const start = 3000;
    const long = computeIndicator(indicator, columns);
    const short = computeIndicator(indicator, sliceColumns(columns, start, 4000));
    const parameters = resolveParameters(indicator);
    for (const output of indicator.outputs) {
      const warmup = indicator.warmup(parameters, output);
      const stable = indicator.stableFrom(parameters, output);
      const size = largest(long[output]!);
      const apart = Array.from(
        short[output]!,
        (value, bar) => Math.abs(value - long[output]![start + bar]!) / size,
      );
      if (stable === Number.POSITIVE_INFINITY) {
        // A direction has two values only, and may be the same by chance.
        if (output === indicator.outputs[0])
          expect(Math.max(...apart.slice(warmup, warmup + 20))).toBeGreaterThan(1e-9);
      } else if (stable === warmup) {
        expect(Math.max(...apart.slice(warmup))).toBe(0);
      } else {
        expect(Math.max(...apart.slice(stable))).toBeLessThanOrEqual(1e-9);
        expect(apart[warmup + ((stable - warmup) >> 1)]!).toBeGreaterThan(1e-9);
      }
    }
  });
});

const PLACE: Readonly<Record<Input, number>> = { open: 0, high: 1, low: 2, close: 3, volume: 4 };

/** The greatest absolute value there is. */
function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Number.isNaN(value) ? 0 : Math.abs(value)), 0);
}
