/** What the dirt of real data leads to: every anomaly that is known of a whole market, and faulty series with their twins. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { COLUMN } from '../src/features.ts';
import { failedRules } from '../src/operators/screen.ts';
import { layOutSeries } from '../src/series.ts';
import { parseSession } from '../src/session.ts';
import type { FeatureRow } from '../src/types.ts';
import { AS_OF, FINDATA, readFindata, rowOf } from './support/findata.ts';

const DATA = fileURLToPath(new URL('../../shared/data/ohlcv/', import.meta.url));
const ANOMALIES = `${DATA}findata-2017-2018.anomalies.csv`;
const PAIRS = `${DATA}vendor-error-pairs/`;

/** Anomalies by kind, and how their symbols leave. Of an unfinished session nothing is looked at. */
const EXPECTED = {
  gap: {
    'erratic-price': 2,
    'impossible-bars': 3,
    'price-jump': 18,
    'price-spike': 2,
    ranked: 49,
    'thin-trading': 43,
  },
  high_below: { 'impossible-bars': 4, 'price-jump': 7, ranked: 2, 'thin-trading': 12 },
  'high_below of an unfinished session': {
    'low-price': 3,
    'price-spike': 1,
    ranked: 80,
    'short-history': 1,
    'thin-trading': 32,
  },
  jump: {
    'erratic-price': 21,
    'impossible-bars': 1,
    'low-price': 63,
    'price-jump': 266,
    'price-spike': 9,
    ranked: 225,
    'short-history': 1,
    stale: 2,
    'thin-trading': 156,
  },
  'jump of an unfinished session': { 'thin-trading': 1 },
  low_above: { 'price-jump': 4, ranked: 2, 'thin-trading': 13 },
  'low_above of an unfinished session': { ranked: 62, stale: 1, 'thin-trading': 50 },
  non_positive_price: { 'thin-trading': 1 },
  'non_positive_price of an unfinished session': { 'low-price': 1, ranked: 10, 'thin-trading': 5 },
};

const linesOf = (path: string) => readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1);

/** How a symbol leaves a scan as of the last whole session: the first rule that it fails, as receipts have it. */
function verdictOf(row: FeatureRow): string {
  const [rule] = failedRules(row);
  if (row[COLUMN.last_session]! < AS_OF) return 'stale';
  return rule ?? 'ranked';
}

describe.skipIf(!existsSync(FINDATA))('the anomalies of a whole market', () => {
  const table: Record<string, Record<string, number>> = {};
  const verdicts = new Map<string, string>();

  beforeAll(() => {
    for (const [symbol, series] of readFindata()) verdicts.set(symbol, verdictOf(rowOf(series)));
    for (const line of linesOf(ANOMALIES)) {
      const [symbol, date, kind] = line.split(',') as [string, string, string];
      // The last day of the data is a bar of a session under way: it is not over as of the day before.
      const key = parseSession(date) > AS_OF ? `${kind} of an unfinished session` : kind;
      const verdict = verdicts.get(symbol)!;
      table[key] ??= {};
      table[key][verdict] = (table[key][verdict] ?? 0) + 1;
    }
  }, 120_000);

  it('end as they should, row by row', () => {
    expect(table).toEqual(EXPECTED);
  });

  it('leave no symbol with an impossible price in the ranking', () => {
    const impossible = linesOf(ANOMALIES).filter((line) => {
      const [, date, kind] = line.split(',') as [string, string, string];
      return kind === 'non_positive_price' && parseSession(date) <= AS_OF;
    });
    expect(impossible.map((line) => verdicts.get(line.split(',')[0]!))).not.toContain('ranked');
  });

  it('leave what jumped tenfold out, and biotechnology that tripled in', () => {
    const of = (...symbols: string[]) => symbols.map((symbol) => verdicts.get(symbol));
    expect(of('HMI', 'STG', 'WELL', 'BKI')).toEqual(Array(4).fill('price-jump'));
    expect(of('AXON', 'MDGL', 'VKTX')).toEqual(Array(3).fill('ranked'));
  });
});

describe.skipIf(!existsSync(PAIRS))('faulty series of vendors', () => {
  const judge = (file: string) => {
    const bars = linesOf(PAIRS + file)
      .map((line) => line.split(','))
      .map(([date, open, high, low, close, , volume]) => [
        parseSession(date!.slice(0, 10)),
        ...[open, high, low, close, volume].map(Number),
      ])
      .filter((bar) => bar.every(Number.isFinite))
      .sort(([a], [b]) => a! - b!);
    const series = layOutSeries({ bars: bars.length, from: 0, to: 30_000, flags: 0 });
    const { session, open, high, low, close, volume } = series;
    bars.forEach((bar, at) => {
      for (const [index, column] of [session, open, high, low, close, volume].entries()) {
        column[at] = bar[index]!;
      }
    });
    return failedRules(rowOf(series)).filter((rule) => rule.startsWith('price-'));
  };
  const faulty = existsSync(PAIRS)
    ? readdirSync(PAIRS).filter((name) => existsSync(PAIRS + name.replace('.csv', '-fixed.csv')))
    : [];

  it.each(faulty.map((file) => [file, file.replace('.csv', '-fixed.csv')]))(
    'are told from their corrected twins: %s',
    (file, fixed) => {
      expect(judge(fixed)).toEqual([]);
      // A wrong dividend leaves prices as traded, and half of a missed split is a price that a market can have.
      const untold = /bad-div|CNE-L/.test(file);
      expect(judge(file).length > 0).toBe(!untold);
    },
  );
});
