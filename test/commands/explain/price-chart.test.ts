import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type PriceChartOptions, priceChart } from '../../../src/commands/explain/price-chart.ts';

/** Of bars that end on 2016-07-22, day by day. */
const chart = (close: readonly number[], options: Partial<PriceChartOptions> = {}) =>
  priceChart({
    sessions: close.map((_, bar) => 17_005 - close.length + bar),
    close,
    width: 36,
    height: 5,
    ...options,
  });
const ascii = { unicode: false } as const;

describe('closes', () => {
  it('are a line of dots, with the highest, the last and the lowest at the right and the dates below', () => {
    expect(chart([3, 1, 2, 5, 4])).toStrictEqual([
      '                ⡠⠊⠑⠒⠤⢄⣀  ◂ 5.00 max',
      '              ⡠⠊       ⠉ ◂ 4.00 last',
      '⠑⠢⢄        ⢀⡠⠊',
      '   ⠉⠒⠤⣀⠤⠔⠒⠉⠁             ◂ 1.00 min',
      '2016-07-18    2016-07-22',
    ]);
  });

  it('are stars where there is ASCII only', () => {
    expect(chart([3, 1, 2, 5, 4], ascii)).toStrictEqual([
      '                ****     < 5.00 max',
      '              **    **** < 4.00 last',
      '***       ****',
      '   *******               < 1.00 min',
      '2016-07-18    2016-07-22',
    ]);
  });

  it('are the newest ones only', () => {
    expect(chart([90, 80, 1, 2, 3], { ...ascii, bars: 3 })).toStrictEqual([
      '                *** < 3.00 last, max',
      '            ****',
      '     *******',
      '*****               < 1.00 min',
      '         2016-07-22',
    ]);
  });

  it('are a line in the middle where they are all the same', () => {
    expect(chart([7, 7, 7], ascii)).toStrictEqual([
      '',
      '************** < 7.00 last, max, min',
      '',
      '',
      '    2016-07-22',
    ]);
  });

  it('are a dot at the right edge where there is only one', () => {
    expect(chart([7], ascii)).toStrictEqual([
      '',
      '             * < 7.00 last, max, min',
      '',
      '',
      '    2016-07-22',
    ]);
  });

  it('have gaps where there is no number, and the last one is the last that is one', () => {
    const { NaN: none, POSITIVE_INFINITY: infinite } = Number;
    expect(chart([1, none, 2, 3, infinite, 1, none], ascii)).toStrictEqual([
      '         *          < 3.00 max',
      '       **',
      '      *',
      '*              *    < 1.00 last, min',
      '         2016-07-22',
    ]);
  });

  it('are none where there is no number', () => {
    expect(chart([])).toStrictEqual([]);
    expect(chart([Number.NaN])).toStrictEqual([]);
  });
});

describe('a plan', () => {
  it('is marked where its prices are within the closes, by a level and a label', () => {
    const plan = { entry: 2, stop: 0.99, target: 5.01 };
    expect(chart([3, 1, 2, 5, 4], { ...ascii, plan })).toStrictEqual([
      '                ****    < 5.00 max',
      '             ***    *** < 4.00 last',
      '***------****---------- < 2.00 entry',
      '   ******               < 1.00 min',
      '2016-07-18   2016-07-22',
    ]);
  });

  it('shares a label with a price that is written the same', () => {
    const lines = chart([3, 1, 2, 5, 4], { plan: { entry: 4.001, stop: 1, target: 5 } });
    expect(lines.map((line) => line.split('◂ ')[1])).toStrictEqual([
      '5.00 target, max',
      '4.00 last, entry',
      undefined,
      '1.00 stop, min',
      undefined,
    ]);
  });

  it('has its labels in the order of their prices where they do not fit beside their levels', () => {
    const plan = { entry: 1.1, stop: 1.2, target: 1.3 };
    const labels = (height: number) =>
      chart([5, 5, 1, 1], { plan, height }).map((line) => line.split('◂ ')[1] ?? '');
    expect(labels(6)).toStrictEqual([
      '5.00 max',
      '1.30 target',
      '1.20 stop',
      '1.10 entry',
      '1.00 last, min',
      '',
    ]);
    // The highest close is the least important one.
    expect(labels(5)).toStrictEqual(['1.30 target', '1.20 stop', '1.10 entry', '1.00 last, min', '']);
    expect(labels(2)).toStrictEqual(['1.00 last, min', '']);
  });
});

describe('the width', () => {
  it('decides how many dates there are', () => {
    const dates = (width: number) => chart([1, 2, 3, 4, 5], { width }).at(-1);
    // Three for the tick, fourteen for the longest label.
    expect(dates(17 + 36)).toBe('2016-07-18   2016-07-20   2016-07-22');
    expect(dates(17 + 35)).toBe('2016-07-18               2016-07-22');
    expect(dates(17 + 21)).toBe('2016-07-18 2016-07-22');
    expect(dates(17 + 20)).toBe('          2016-07-22');
    expect(dates(17 + 10)).toBe('2016-07-22');
    expect(dates(17 + 9)).toBeUndefined();
  });

  const price = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: 0.01, max: 100_000, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
  const plan = fc.record({ entry: price, stop: price, target: price });
  test.prop([
    fc.array(price, { maxLength: 200, size: 'max' }),
    fc.option(plan),
    fc.integer({ min: 0, max: 120 }),
    fc.integer({ min: 0, max: 30 }),
    fc.boolean(),
  ])(
    'and the height are kept, and the last close is always labelled',
    (close, levels, width, height, unicode) => {
      const lines = chart(close, { plan: levels, width, height, unicode });
      if (lines.length === 0) return;
      expect(lines.length).toBe(height);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      const last = close.findLast(Number.isFinite)!.toFixed(2);
      expect(lines.filter((line) => line.includes(` ${last} last`)).length).toBe(1);
      expect(unicode || /^[\x20-\x7e]*$/.test(lines.join(''))).toBe(true);
    },
  );

  it('and the height must have room for ten columns and a line', () => {
    expect(chart([1, 2], { ...ascii, height: 2 })).toStrictEqual([
      '******************* < 2.00 last, max',
      '         2016-07-22',
    ]);
    expect(chart([1, 2], { height: 1 })).toStrictEqual([]);
    expect(chart([1, 2], { width: 26 })).toStrictEqual([]);
    expect(chart([1, 2], { width: 27 })).not.toStrictEqual([]);
  });
});
