import { describe, expect, it } from 'vitest';
import { INDICATORS } from '../../../src/workers/indicators/index.ts';
import { type Comparison, comparable, largestDifference, misplaced } from './vectors/comparison.ts';
import { compareSkender, SKENDER_COLUMNS, SKENDER_OTHERS } from './vectors/skender.ts';
import { compareTalib, TALIB_COLUMNS, TALIB_OTHERS, talibFiles } from './vectors/talib.ts';
import {
  compareTulip,
  TULIP_DIFFERENT,
  TULIP_INDICATORS,
  TULIP_OTHERS,
  tulipCases,
} from './vectors/tulip.ts';
import { hasVectors, readTable, vectorFiles } from './vectors/vector-files.ts';

function expectAgreement(comparisons: readonly Comparison[]): void {
  for (const comparison of comparisons) {
    const { name, series, id, output } = comparison;
    const where = `${name} of ${series} as ${output} of ${id}`;
    expect(misplaced(comparison), where).toStrictEqual([]);
    expect(largestDifference(comparison), where).toBeLessThanOrEqual(1e-9);
  }
}

describe.skipIf(!hasVectors)('the output of TA-Lib', () => {
  const files = hasVectors ? talibFiles() : [];

  it('is there for several series, each column compared or of an indicator that is not here', () => {
    expect(files.length).toBeGreaterThan(10);
    const columns = readTable(files[0]!).names.slice(6);
    expect([...Object.keys(TALIB_COLUMNS), ...TALIB_OTHERS].sort()).toStrictEqual([...columns].sort());
  });

  it.each(files)('is reproduced for %s', (file) => {
    expectAgreement(compareTalib(file));
  });

  it('has values to compare for every column', () => {
    const compared = files.flatMap(compareTalib);
    for (const column of Object.keys(TALIB_COLUMNS)) {
      const bars = compared.filter(({ name }) => name === column).flatMap(comparable);
      expect(bars.length, column).toBeGreaterThan(1000);
    }
  });
});

describe.skipIf(!hasVectors)('the output of Skender.Stock.Indicators', () => {
  it('is compared, or of an indicator that is not here', () => {
    const files = vectorFiles('skender/results').map((path) => path.split('/').at(-1)!.replace('.csv', ''));
    const compared = Object.keys(SKENDER_COLUMNS).map((name) => name.split('.')[0]!);
    expect([...new Set([...compared, ...SKENDER_OTHERS])].sort()).toStrictEqual([...files].sort());
  });

  it.each(Object.keys(SKENDER_COLUMNS))('is reproduced for %s', (column) => {
    const compared = compareSkender().filter(({ name }) => name === column);
    expectAgreement(compared);
    // A cumulative average has one bar in common with a rolling one.
    expect(compared.flatMap(comparable).length).toBeGreaterThan(column === 'vwap.vwap' ? 0 : 100);
  });
});

describe.skipIf(!hasVectors)('the cases of Tulip', () => {
  it('are compared, or of an indicator that is not here or begins otherwise', () => {
    const known = [...Object.keys(TULIP_INDICATORS), ...TULIP_DIFFERENT, ...TULIP_OTHERS];
    expect(known.sort()).toStrictEqual([...new Set(tulipCases().map(({ indicator }) => indicator))].sort());
  });

  it.each(Object.keys(TULIP_INDICATORS))(
    'are reproduced for %s, to the digits they are printed with',
    (indicator) => {
      const compared = compareTulip().filter(({ name }) => name.endsWith(` ${indicator}`));
      expectAgreement(compared);
      expect(compared.flatMap(comparable).length).toBeGreaterThan(3);
    },
  );
});

it.skipIf(!hasVectors)('leaves few indicators without another library to compare with', () => {
  const compared = new Set(
    [...talibFiles().flatMap(compareTalib), ...compareSkender(), ...compareTulip()].map(({ id }) => id),
  );
  expect(INDICATORS.map(({ id }) => id).filter((id) => !compared.has(id))).toStrictEqual([
    'dollar_volume',
    'range_n',
  ]);
});
