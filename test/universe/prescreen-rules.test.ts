import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { PRESCREEN_RULES, type PrescreenRule } from '../../src/rules.ts';
import { INSTRUMENTS, type Listing } from '../../src/types.ts';
import {
  createPrescreen,
  PRESCREEN_PROFILES,
  type PrescreenOptions,
} from '../../src/universe/prescreen-rules.ts';
import { readUniverse } from '../../src/universe/read-universe.ts';
import { entryOf } from '../support/entries.ts';

const judge = (symbol: string, listing?: Listing, options?: PrescreenOptions) =>
  createPrescreen(options)(entryOf(symbol), listing);
const classic = { profile: 'classic' } as const;

describe('by default', () => {
  it.each(['F', 'T', 'NA', 'NAN', 'ON', 'TRUE', 'BF.B', 'ABRpD', 'GOOGL', 'ABCDEFG', 'NOW'])(
    'lets %s in, of which nothing else is known',
    (symbol) => {
      expect(judge(symbol)).toEqual([]);
    },
  );

  it('filters test issues', () => {
    expect(judge('ZVZZT', { isTest: true })).toEqual(['test-issue']);
    expect(judge('ZVZZT', { isTest: false })).toEqual([]);
  });

  it.each(['warrant', 'right', 'unit'] as const)('filters a %s', (instrument) => {
    expect(judge('ABC', { instrument })).toEqual(['warrant-right-unit']);
  });

  it.each(['AAM.WS', 'AIIAr', 'AAM.U', 'AACIW'])('knows what %s is by its ticker', (symbol) => {
    expect(judge(symbol)).toEqual(['warrant-right-unit']);
    expect(judge(symbol, { name: 'x' })).toEqual(['warrant-right-unit']);
    expect(judge(symbol, { instrument: 'common' })).toEqual([]);
  });

  it.each(['common', 'depositary', 'preferred', 'etf', 'fund', 'note'] as const)(
    'lets in what is %s',
    (instrument) => {
      expect(judge('ABC', { instrument })).toEqual([]);
    },
  );

  it('filters leveraged products by ticker, and funds and notes by name', () => {
    expect(judge('TQQQ')).toEqual(['leveraged-product']);
    expect(judge('ABC', { instrument: 'etf', name: 'T-Rex 2X Long Apple' })).toEqual(['leveraged-product']);
    expect(judge('ABC', { instrument: 'note', name: 'Inverse VIX ETN' })).toEqual(['leveraged-product']);
    expect(judge('ABC', { instrument: 'etf', name: 'SPDR S&P 500' })).toEqual([]);
    expect(judge('ABC', { instrument: 'common', name: 'Bear Creek 2X' })).toEqual([]);
    expect(judge('ABC', { name: 'Bear Creek 2X' })).toEqual([]);
  });

  it('lets a company have the ticker of a leveraged product', () => {
    expect(judge('TQQQ', { instrument: 'common' })).toEqual([]);
  });
});

describe('what is set', () => {
  it('excludes kinds of security and symbols', () => {
    const options = { excludeInstruments: ['etf', 'preferred'], excludeSymbols: ['SPY'] } as const;
    expect(judge('SPY', { instrument: 'etf' }, options)).toEqual(['instrument-type', 'excluded-symbol']);
    expect(judge('ABRpD', undefined, options)).toEqual(['instrument-type']);
    expect(judge('F', undefined, options)).toEqual([]);
  });

  it('asks for a market capitalization, which must be known', () => {
    const options = { minMarketCap: 1e9 };
    expect(judge('A', { marketCap: 1e9 }, options)).toEqual([]);
    expect(judge('A', { marketCap: 1e9 - 1 }, options)).toEqual(['market-cap']);
    expect(judge('A', {}, options)).toEqual(['market-cap']);
    expect(judge('A', undefined, options)).toEqual(['market-cap']);
  });

  it('selects by sector, industry and sub-industry, letters of either case', () => {
    const options = { sectors: ['technology', 'Energy'], industries: ['Oil'], subIndustries: ['drilling'] };
    expect(judge('A', { sector: 'Technology', industry: 'OIL', subIndustry: 'Drilling' }, options)).toEqual(
      [],
    );
    expect(judge('A', { sector: 'Finance', industry: 'Oil' }, options)).toEqual(['sector', 'sub-industry']);
    expect(judge('A', undefined, options)).toEqual(['sector', 'industry', 'sub-industry']);
  });
});

describe('the classic profile', () => {
  it.each([
    ['F', ['one-letter']],
    ['ABCDEF', ['long-ticker']],
    ['ABCDE', []],
    ['ABCDE.B', []],
    ['ABCDEpA', []],
    ['FpB', []],
  ])('judges the ticker %s', (symbol, rules) => {
    expect(judge(symbol, undefined, classic)).toEqual(rules);
  });

  it('filters funds and notes', () => {
    for (const instrument of ['etf', 'fund', 'note'] as const)
      expect(judge('ABC', { instrument }, classic)).toEqual(['instrument-type']);
  });

  it('filters small companies of defensive sectors', () => {
    expect(judge('AB', { sector: 'Utilities', marketCap: 1e9 }, classic)).toEqual(['small-defensive']);
    expect(judge('AB', { sector: 'real estate' }, classic)).toEqual(['small-defensive']);
    expect(judge('AB', { sector: 'Utilities', marketCap: 2e9 }, classic)).toEqual([]);
    expect(judge('AB', { sector: 'Energy', marketCap: 1 }, classic)).toEqual([]);
    expect(
      judge('AB', { sector: 'Utilities', marketCap: 1e9 }, { ...classic, smallDefensiveCap: 5e8 }),
    ).toEqual([]);
  });
});

const text = fc.constantFrom(undefined, 'Utilities', 'Energy', 'ProShares Ultra X');
const listingArbitrary: fc.Arbitrary<Listing | undefined> = fc.option(
  fc
    .record({
      name: text,
      sector: text,
      marketCap: fc.constantFrom(undefined, 1, 3e9),
      instrument: fc.constantFrom(undefined, ...INSTRUMENTS),
      isTest: fc.constantFrom(undefined, true, false),
    })
    // Absent is absent, not undefined.
    .map((fields) => JSON.parse(JSON.stringify(fields)) as Listing),
  { nil: undefined },
);
const names = Object.keys(PRESCREEN_RULES) as PrescreenRule[];
const optionsArbitrary = fc.record({
  profile: fc.constantFrom('default', 'classic'),
  excludeSymbols: fc.constantFrom([], ['F']),
  minMarketCap: fc.constantFrom(0, 1e9),
  sectors: fc.constantFrom([], ['Energy']),
  industries: fc.constantFrom([], ['Oil']),
  subIndustries: fc.constantFrom([], ['Oil']),
});
const symbolArbitrary = fc.constantFrom('F', 'NA', 'TQQQ', 'AAM.WS', 'ABRpD', 'ABCDEFG');

test.prop([symbolArbitrary, listingArbitrary, optionsArbitrary, fc.subarray(names)])(
  'each rule can be switched alone, and the rest is as it was',
  (symbol, listing, options, off) => {
    const all = judge(symbol, listing, options);
    expect(all).toEqual(names.filter((name) => all.includes(name)));
    const rules = Object.fromEntries(off.map((name) => [name, false]));
    const expected = all.filter((name) => !off.includes(name as PrescreenRule));
    expect(judge(symbol, listing, { ...options, rules })).toEqual(expected);
  },
);

it('can switch every rule on in every profile', () => {
  const on = Object.fromEntries(names.map((name) => [name, true]));
  expect(judge('F', undefined, { rules: on })).toEqual(['one-letter']);
  expect(Object.keys(PRESCREEN_PROFILES.default.rules)).toEqual(names);
  expect(Object.keys(PRESCREEN_PROFILES.classic.rules)).toEqual(names);
});

const data = new URL('../../../shared/data/universe/', import.meta.url);

describe.skipIf(!existsSync(data))('real lists', () => {
  async function countRules(bytes: Uint8Array, options?: PrescreenOptions) {
    const failed = createPrescreen(options);
    const counts: Record<string, number> = { in: 0 };
    const chunks = (async function* () {
      yield bytes;
    })();
    for await (const entries of readUniverse(chunks)) {
      for (const entry of entries) {
        const rules = failed(entry, entry.listing);
        if (rules.length === 0) counts.in!++;
        for (const rule of rules) counts[rule] = (counts[rule] ?? 0) + 1;
      }
    }
    return counts;
  }

  const screener = () => readFileSync(new URL('nasdaq-screener-2026-08-22.csv', data));
  const directory = () => gunzipSync(readFileSync(new URL('nasdaqtraded-2025-12-05.txt.gz', data)));

  it("are filtered by default: Nasdaq's screener", async () => {
    expect(await countRules(screener())).toEqual({ in: 6_583, 'warrant-right-unit': 599 });
  });

  it("are filtered by the classic profile: Nasdaq's screener", async () => {
    expect(await countRules(screener(), classic)).toEqual({
      in: 5_871,
      'warrant-right-unit': 599,
      'instrument-type': 502,
      'one-letter': 21,
      'small-defensive': 224,
    });
  });

  it('are filtered by default: the Nasdaq Trader directory', async () => {
    expect(await countRules(directory())).toEqual({
      in: 10_848,
      'test-issue': 33,
      'warrant-right-unit': 682,
      'leveraged-product': 534,
    });
  });

  it('are filtered by the classic profile: the Nasdaq Trader directory', async () => {
    expect(await countRules(directory(), classic)).toEqual({
      in: 6_015,
      'test-issue': 33,
      'warrant-right-unit': 682,
      'instrument-type': 5_346,
      'leveraged-product': 534,
      'one-letter': 21,
    });
  });

  it('are filtered by tickers alone: a plain list', async () => {
    expect(await countRules(readFileSync(new URL('all-tickers-2026-08-22.txt', data)))).toEqual({
      in: 6_229,
      'warrant-right-unit': 584,
    });
  });
});
