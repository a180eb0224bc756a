import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceReference } from '../../scripts/support/source-reference.ts';
import { SOURCES } from '../../src/config.ts';
import { createAlpacaSource } from '../../src/sources/alpaca.ts';
import { CATALOGUE, describeSources } from '../../src/sources/catalogue.ts';
import { createPolygonSource } from '../../src/sources/polygon.ts';
import { createTiingoSource } from '../../src/sources/tiingo.ts';
import { createYahooSource } from '../../src/sources/yahoo.ts';
import type { BarSource } from '../../src/types.ts';

describe('catalogue of sources', () => {
  it('has every source that can be chosen', () => {
    const names = CATALOGUE.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...SOURCES]));
    expect(new Set(names).size).toBe(names.length);
  });

  it.each<BarSource>([
    createPolygonSource(),
    createAlpacaSource({ keyId: '', secret: '' }),
    createYahooSource(),
    createTiingoSource({ token: '' }),
  ])('says of $name what it can', (source) => {
    const { gives, prices } = CATALOGUE.find(({ name }) => name === source.name)!;
    expect({
      many: gives.includes('many symbols'),
      market: gives.includes('whole market'),
      splits: gives.includes('splits'),
    }).toEqual({
      many: source.manySymbols !== undefined,
      market: source.wholeMarket !== undefined,
      splits: source.splits !== undefined,
    });
    // Whoever has a table of splits brings prices as traded.
    expect(prices).toBe(source.splits === undefined ? 'split-adjusted' : 'as traded');
    expect(source.dataset).toContain(prices);
  });

  it('is what the reference page says', () => {
    expect(readFileSync(new URL('../../docs/sources.md', import.meta.url), 'utf8')).toBe(sourceReference());
  });

  it('describes each source in a paragraph of its own', () => {
    const paragraphs = describeSources().trimEnd().split('\n\n');
    expect(paragraphs.map((text) => /^\S+/.exec(text)![0])).toEqual(CATALOGUE.map(({ name }) => name));
    expect(paragraphs[1]).toMatch(/gives {3}one symbol, many symbols, splits\n/);
  });
});
