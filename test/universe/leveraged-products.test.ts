import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { isLeveragedName } from '../../src/universe/leveraged-name.ts';
import { LEVERAGED_PRODUCTS } from '../../src/universe/leveraged-products.ts';
import { readListings } from '../../src/universe/read-listings.ts';
import { canonicalSymbol } from '../../src/universe/spelling.ts';

const directory = new URL('../../../shared/data/universe/nasdaqtraded-2025-12-05.txt.gz', import.meta.url);

it('has tickers in canonical spelling', () => {
  expect([...LEVERAGED_PRODUCTS].filter((symbol) => canonicalSymbol(symbol) !== symbol)).toEqual([]);
  expect(LEVERAGED_PRODUCTS.size).toBeGreaterThan(300);
  for (const symbol of ['TQQQ', 'SQQQ', 'SOXL', 'UVXY', 'VXX', 'TSLL'])
    expect(LEVERAGED_PRODUCTS).toContain(symbol);
  for (const symbol of ['SPY', 'QQQ', 'AAPL', 'BND']) expect(LEVERAGED_PRODUCTS).not.toContain(symbol);
});

it.skipIf(!existsSync(directory))('has what the directory names so, and nothing else', async () => {
  const chunks = (async function* () {
    yield gunzipSync(readFileSync(directory));
  })();
  const listings = await readListings([{ name: 'directory', chunks }]);
  const strays = [...LEVERAGED_PRODUCTS].filter((symbol) => {
    const { instrument, name = '' } = listings.get(symbol) ?? {};
    return (instrument !== 'etf' && instrument !== 'note') || !isLeveragedName(name);
  });
  expect(strays).toEqual([]);
});
