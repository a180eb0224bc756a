import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { FLAG_SPLIT_ADJUSTED, layOutSeries, type Series } from '../../src/series.ts';
import { parseSession } from '../../src/session.ts';
import { adjustForSplits } from '../../src/workers/adjust-for-splits.ts';

const DATA = fileURLToPath(new URL('../../../shared/data/ohlcv/', import.meta.url));
const BARS = `${DATA}lean-long-history.csv.gz`;
const ACTIONS = `${DATA}lean-corporate-actions`;

/** Empty where the file is not there: the tests of it are skipped then. */
const textOf = (path: string) => (existsSync(path) ? gunzipSync(readFileSync(path)).toString() : '');

function seriesOf(closes: readonly number[], flags = 0, first = 100): Series {
  const series = layOutSeries({ bars: closes.length, from: first, to: first + closes.length, flags });
  closes.forEach((close, bar) => {
    series.session[bar] = first + bar;
    series.open[bar] = close - 1;
    series.high[bar] = close + 1;
    series.low[bar] = close - 2;
    series.close[bar] = close;
    series.volume[bar] = 1000 + bar;
  });
  return series;
}

describe('adjustForSplits', () => {
  it('divides what was traded before a split by its ratio, and multiplies the volume', () => {
    const adjusted = adjustForSplits(seriesOf([40, 44, 12]), [102, 4], 102);
    expect([...adjusted.close]).toEqual([10, 11, 12]);
    expect([...adjusted.open]).toEqual([39 / 4, 43 / 4, 11]);
    expect([...adjusted.volume]).toEqual([4000, 4004, 1002]);
  });

  it('joins shares where the ratio is below one', () => {
    expect([...adjustForSplits(seriesOf([1, 1, 10]), [102, 0.1], 102).close]).toEqual([10, 10, 10]);
  });

  it('leaves a split out that takes effect after the as-of session, or before the first bar', () => {
    const series = seriesOf([40, 44, 48]);
    expect(adjustForSplits(series, [102, 4], 101)).toBe(series);
    expect(adjustForSplits(series, [100, 4], 102)).toBe(series);
    expect(adjustForSplits(series, [], 102)).toBe(series);
  });

  it('leaves what came adjusted as it is', () => {
    const series = seriesOf([40, 44, 12], FLAG_SPLIT_ADJUSTED);
    expect(adjustForSplits(series, [102, 4], 102)).toBe(series);
  });

  const splits = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 90, max: 170 }), fc.constantFrom(2, 4, 0.5, 0.25)),
    {
      selector: ([session]) => session,
      maxLength: 6,
      size: 'max',
    },
  );
  const closes = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 60, size: 'max' });

  test.prop([closes, splits, fc.integer({ min: 100, max: 170 })])(
    'keeps what was turned over, and does the same as one split after the other',
    (closes, given, asOf) => {
      const series = seriesOf(closes);
      const sorted = given.toSorted(([a], [b]) => a - b);
      const adjusted = adjustForSplits(series, sorted.flat(), asOf);
      for (const [bar, close] of closes.entries()) {
        const ratio = sorted
          .filter(([session]) => session > 100 + bar && session <= asOf)
          .reduce((product, [, one]) => product * one, 1);
        expect(adjusted.close[bar]).toBe(close / ratio);
        expect(adjusted.close[bar]! * adjusted.volume[bar]!).toBeCloseTo(close * series.volume[bar]!, 6);
      }
    },
  );
});

/** Price factors by date: a row's factor holds up to its date. */
function readFactors(file: string): { readonly session: number; readonly factor: number }[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => {
      const [date, , factor] = line.split(',') as [string, string, string];
      const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(date)!;
      return { session: parseSession(`${year}-${month}-${day}`), factor: Number(factor) };
    });
}

describe.skipIf(!existsSync(BARS))('long histories of real symbols', () => {
  const rows = Map.groupBy(
    textOf(BARS)
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(',') as [string, string, string, string, string, string, string]),
    ([symbol]) => symbol,
  );
  const files = (existsSync(ACTIONS) ? readdirSync(ACTIONS) : []).flatMap((name) => {
    const symbol = /^factor\.(.+)\.csv$/.exec(name)?.[1];
    return symbol === undefined || !rows.has(symbol) ? [] : [symbol];
  });

  it('are all there', () => {
    expect(files.length).toBeGreaterThanOrEqual(14);
  });

  it.each(files)('of %s are adjusted as its factor file says, at every split', (symbol) => {
    const own = rows.get(symbol)!;
    const factors = readFactors(`${DATA}lean-corporate-actions/factor.${symbol}.csv`);
    const series = layOutSeries({ bars: own.length, from: 0, to: 30_000, flags: 0 });
    own.forEach(([, date, , , , close, volume], bar) => {
      series.session[bar] = parseSession(date);
      series.close[bar] = Number(close);
      series.volume[bar] = Number(volume);
    });
    // A split takes effect in the session after the last one of the old factor.
    const splits = factors.flatMap(({ session, factor }, index) => {
      const next = factors[index + 1];
      return next === undefined || next.factor === factor ? [] : [session + 1, next.factor / factor];
    });
    const adjusted = adjustForSplits(series, splits, 30_000);
    const last = factors.at(-1)!.factor;
    for (let bar = 0; bar < series.bars; bar++) {
      const { factor } = factors.find(({ session }) => session >= series.session[bar]!)!;
      const expected = (series.close[bar]! * factor) / last;
      expect(Math.abs(adjusted.close[bar]! / expected - 1)).toBeLessThan(1e-9);
    }
  });
});
