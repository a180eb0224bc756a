import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../src/features.ts';
import { csv } from '../../src/sinks/csv.ts';
import { createRanking } from '../support/rankings.ts';
import { readCsv } from './read-csv.ts';

describe('csv', () => {
  it('names every column once', () => {
    const header = [...csv(createRanking(0))].join('').trimEnd().split(',');
    expect(new Set(header).size).toBe(header.length);
    expect(header.slice(0, 4)).toStrictEqual(['rank', 'symbol', 'session', 'close']);
    expect(FEATURES.filter((name) => !header.includes(name))).toStrictEqual([]);
  });

  test.prop([
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a', ' ', ';'), size: 'max', maxLength: 20 }),
  ])('quotes what its own syntax would break', (symbol) => {
    const ranking = createRanking(1);
    const rows = [...ranking.rows].map((row) => ({ ...row, symbol }));
    expect(readCsv([...csv({ ...ranking, rows })].join('')).map((row) => row.symbol)).toStrictEqual([symbol]);
  });
});
