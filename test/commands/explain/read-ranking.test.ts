import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRanking } from '../../../src/commands/explain/read-ranking.ts';
import { createChanges } from '../../../src/daemon/changes.ts';
import { ConfigError } from '../../../src/errors.ts';
import { csv } from '../../../src/sinks/csv.ts';
import { json } from '../../../src/sinks/json.ts';
import { jsonLines } from '../../../src/sinks/json-lines.ts';
import { CLASSIC_WEIGHTS } from '../../../src/workers/classic.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { randomRanking } from './random-rows.ts';

const RANKING = randomRanking([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const FORMATS = { ndjson: jsonLines, csv, json };

function fileWith(text: string): string {
  const path = join(temporaryFolder(), 'ranked');
  writeFileSync(path, text);
  return path;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function read(text: string, weights = CLASSIC_WEIGHTS) {
  return collect(readRanking(fileWith(text), { weights }));
}

async function problemOf(text: string, weights = CLASSIC_WEIGHTS): Promise<string> {
  const error: unknown = await read(text, weights).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems.join('\n').replace(/^.*ranked(?=,)/, 'ranked');
}

/** The lines of a ranking as NDJSON, the one at `index` with other fields. */
function changed(index: number, fields: object): string {
  const rows = [...RANKING.rows].map((row, at) => (at === index ? { ...row, ...fields } : row));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

describe('readRanking', () => {
  it.each(Object.entries(FORMATS))('reads back what was written as %s', async (name, format) => {
    const rows = await read([...format(RANKING)].join(''));
    const written = [...RANKING.rows];
    // CSV has the plan's numbers in columns of their own; the other forms have the row as it was.
    if (name === 'csv') expect(rows).toMatchObject(written.map(({ plan: _plan, ...row }) => row));
    else expect(rows).toEqual(written);
  });

  it.each(Object.entries(FORMATS))('reads an empty ranking of %s', async (_name, format) => {
    expect(await read([...format({ ...RANKING, rows: [] })].join(''))).toEqual([]);
  });

  it.each(Object.entries(FORMATS))('passes over what left in a file of %s', async (_name, format) => {
    const changes = createChanges();
    await (await changes.compare(RANKING, 'k')).remember();
    const rows = [...RANKING.rows].slice(3);
    const { published } = await changes.compare({ ...RANKING, rows }, 'k');
    const found = await read([...format(published)].join(''));
    expect(published.left).toHaveLength(3);
    expect(found.map(({ symbol }) => symbol)).toEqual(rows.map(({ symbol }) => symbol));
  });

  it('passes over the closing line of a file that is appended to', async () => {
    const closing = `${JSON.stringify(RANKING.summary)}\n`;
    expect(await read([...jsonLines(RANKING), closing].join(''))).toEqual([...RANKING.rows]);
  });

  it.each(Object.entries(FORMATS))('says where a file of %s breaks off', async (name, format) => {
    const text = [...format(RANKING)].join('');
    const cut = text.slice(0, name === 'csv' ? -300 : text.lastIndexOf('"features"') + 20);
    expect(await problemOf(cut)).toMatch(/^ranked, line \d+: it breaks off or is something else; expected/);
  });

  it('does not take a JSON document for whole that lacks its end', async () => {
    const text = [...json(RANKING)].join('');
    expect(await problemOf(text.replace(/\]\}\n$/, ''))).toMatch(
      /^ranked, line 13: it breaks off; expected a/,
    );
  });

  it.each([
    [{ type: 'receipt' }, 'type: expected "ranked", got "receipt"'],
    [{ rank: 0 }, 'rank: expected an integer from 1, got 0'],
    [{ symbol: '' }, 'symbol: expected a symbol, got ""'],
    [{ symbol: 'A\u001b[31m' }, 'symbol: expected a symbol, got "A\\u001b[31m"'],
    [{ session: '2026-13-01' }, 'session: expected a date, got "2026-13-01"'],
    [{ signal: 'Buy' }, 'signal: expected one of Strong Long, Long, Avoid, Short, Strong Short, got "Buy"'],
    [{ trend: null }, 'trend: expected a number, got null'],
    [{ rating: 'high' }, 'rating: expected a number or null, got "high"'],
    [{ features: undefined }, 'features: expected numbers by name, got nothing'],
    [{ features: { sma_20: 1 } }, 'features.sma_50: expected a number or null, got nothing'],
    [{ coverage: 'all' }, 'coverage: expected a number, got "all"'],
    [{ symbol: 'S1' }, 'S1 is there twice; a ranking has each symbol once'],
  ])('refuses a row with %j', async (fields, problem) => {
    expect(await problemOf(changed(1, fields))).toBe(`ranked, line 2: ${problem}`);
  });

  it('refuses a file of something else', async () => {
    for (const text of [
      'AAPL\nMSFT\n',
      'rank\n1\n',
      'rank,symbol,session',
      '{"a":1',
      '[]',
      '\u001f\u008b\b\u0000',
    ]) {
      expect(await problemOf(text)).toMatch(/^ranked, line 1: .*/);
    }
    await expect(collect(readRanking('/nowhere/ranked'))).rejects.toThrow(
      'Cannot read /nowhere/ranked: there is no such file',
    );
    await expect(collect(readRanking(temporaryFolder()))).rejects.toThrow('it is a directory');
  });

  it('refuses a rating that does not follow from its row: other weights made it', async () => {
    const [row] = [...RANKING.rows];
    expect(await problemOf(changed(0, { trend: row!.trend === 3 ? 1 : 3 }))).toMatch(
      /^ranked, line 1: trend is \d, but the row's features make \d/,
    );
    expect(await problemOf(changed(0, { rating: row!.rating! + 1e-6 }))).toMatch(
      /^ranked, line 1: rating is .*, but these weights make .*; give --weight as the scan had it$/,
    );
    expect(await problemOf(changed(0, { rating: null }))).toMatch(/^ranked, line 1: rating is null/);
    expect(await problemOf(changed(0, {}), { ...CLASSIC_WEIGHTS, trend: 4, momentum: 3.5 })).toMatch(
      /these weights make/,
    );
  });
});
