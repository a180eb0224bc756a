import { fc } from '@fast-check/vitest';
import type { Manifest, ScoredSymbol } from '../../src/journal/manifest.ts';
import { INSTRUMENTS, type Listing } from '../../src/types.ts';

/** A manifest of some symbols without anything beside them. */
export function manifestOf(scan: string, symbols: readonly string[] = ['A', 'B']): Manifest {
  return {
    head: {
      ...{ type: 'manifest', form: 1, scan, version: '1.2.3', as_of: '2018-07-16', forming: null },
      ...{ source: 'polygon', dataset: 'polygon as traded', started: '2018-07-16T21:00:00.000Z' },
      settings: { lookback: '260', screen: ['breakout'] },
      ...{ symbols: symbols.length, rows: 0, sha256: '00' },
    },
    scored: symbols.map((symbol, hash) => ({ symbol, hash, beside: {} })),
  };
}

// −0 does not survive as JSON, and no price is −0.
const price = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const session = fc.integer({ min: -20_000, max: 40_000 });
const listing: fc.Arbitrary<Listing> = fc.record(
  {
    name: fc.string({ unit: 'grapheme' }),
    sector: fc.string(),
    marketCap: price,
    instrument: fc.constantFrom(...INSTRUMENTS),
    isTest: fc.boolean(),
  },
  { requiredKeys: [] },
);
const scored: fc.Arbitrary<ScoredSymbol> = fc
  .record(
    {
      symbol: fc.string({ minLength: 1, unit: 'grapheme' }),
      hash: fc.maxSafeNat(),
      listing,
      splits: fc.array(fc.tuple(session, price), { minLength: 1 }).map((pairs) => pairs.flat()),
      forming: fc.record({ session, open: price, high: price, low: price, close: price, volume: price }),
    },
    { requiredKeys: ['symbol', 'hash'] },
  )
  .map(({ splits, forming, ...own }) => ({
    ...own,
    beside: { ...(splits && { splits }), ...(forming && { forming }) },
  }));

/** Any manifest. */
export const manifests: fc.Arbitrary<Manifest> = fc
  .record({
    scan: fc.string({ unit: 'grapheme' }),
    forming: fc.option(fc.constant('2018-07-17')),
    settings: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))),
    scored: fc.array(scored, { size: 'max', maxLength: 40 }),
  })
  .map(({ scored: symbols, ...own }) => ({
    head: { ...manifestOf('').head, ...own, symbols: symbols.length },
    scored: symbols,
  }));
