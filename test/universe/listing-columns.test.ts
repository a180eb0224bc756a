import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { listingColumns } from '../../src/universe/listing-columns.ts';

const listingOf = (row: Readonly<Record<string, unknown>>, symbol = 'ABC') =>
  listingColumns(Object.keys(row))?.(Object.values(row), symbol);

describe('columns', () => {
  it('go by the names of the known lists', () => {
    expect(
      listingOf({
        Symbol: 'AAPL',
        Name: 'Apple Inc. Common Stock',
        'Last Sale': '$1',
        'Market Cap': '4000000000000.00',
        Country: 'United States',
        'IPO Year': '1980',
        Sector: 'Technology',
        Industry: 'Computer Manufacturing',
      }),
    ).toEqual({
      name: 'Apple Inc. Common Stock',
      marketCap: 4e12,
      country: 'United States',
      sector: 'Technology',
      industry: 'Computer Manufacturing',
      instrument: 'common',
    });
    expect(
      listingOf({ 'ACT Symbol': 'ZVV', 'Security Name': 'x', Exchange: 'P', ETF: 'N', 'Test Issue': 'Y' }),
    ).toEqual({ name: 'x', exchange: 'NYSE Arca', isTest: true });
    expect(
      listingOf({ Symbol: 'A', 'Security Name': 'x', 'Market Category': 'G', 'Test Issue': 'N', ETF: 'Y' }),
    ).toEqual({ name: 'x', exchange: 'NASDAQ', isTest: false, instrument: 'etf' });
    expect(listingOf({ Symbol: 'A', Security: 'x', 'GICS Sector': 's', 'GICS Sub-Industry': 'i' })).toEqual({
      name: 'x',
      sector: 's',
      subIndustry: 'i',
    });
  });

  it.each(['sub-industry', 'sub_industry', 'subindustry', 'subIndustry', 'Sub Industry'])(
    'may be called %s',
    (key) => {
      expect(listingOf({ [key]: 'x' })).toEqual({ subIndustry: 'x' });
    },
  );

  it('take the best of several names', () => {
    expect(listingOf({ company: 'b', name: 'a', exchange: 'Q', 'Listing Exchange': 'N' })).toEqual({
      name: 'a',
      exchange: 'NYSE',
    });
  });

  it('say nothing where none is known', () => {
    expect(listingColumns(['symbol', 'price', 'volume'])).toBeUndefined();
    expect(listingColumns([])).toBeUndefined();
  });
});

describe('cells', () => {
  it.each([
    ['44906679096.00', 44_906_679_096],
    ['12,345,678', 12_345_678],
    ['$1.2B', 1.2e9],
    ['$ 850k', 850_000],
    ['2.5Bn', 2.5e9],
    ['1e9', 1e9],
    [7e9, 7e9],
    ['.5M', 500_000],
  ])('have %j as dollars', (text, dollars) => {
    expect(listingOf({ marketCap: text })).toEqual({ marketCap: dollars });
  });

  it.each(['0', '0.00', 0, 'n/a', '', '-', '-5', 'NaN', '1e999', '1.2.3', 'B', '5 apples', null, {}])(
    'have %j as not known',
    (text) => {
      expect(listingOf({ marketCap: text })).toBeUndefined();
    },
  );

  it('say nothing with blanks, dashes and n/a', () => {
    expect(listingOf({ sector: ' ', industry: 'N/A', country: '--', name: 'NA', exchange: '' })).toEqual({
      name: 'NA',
    });
  });

  it.each([
    ['NYSE', 'N'],
    ['NASDAQ', 'Q'],
    ['NYSE American', 'A'],
    ['NYSE Arca', 'P'],
    ['Cboe BZX', 'Z'],
    ['IEX', 'V'],
    ['NYSE American', 'AMEX'],
    ['TSX', 'TSX'],
  ])('mean %s by %s', (exchange, text) => {
    expect(listingOf({ exchange: text })).toEqual({ exchange });
  });

  it('tell a test issue by its flag, or by its name where there is no flag', () => {
    expect(listingOf({ name: 'NASDAQ TEST STOCK' })).toMatchObject({ isTest: true });
    expect(listingOf({ name: 'NYSE Test One Common Stock' })).toMatchObject({ isTest: true });
    expect(listingOf({ name: 'Aehr Test Systems - Common Stock' })).not.toHaveProperty('isTest');
    expect(listingOf({ name: 'inTest Corporation Common Stock' })).not.toHaveProperty('isTest');
    expect(listingOf({ name: 'NASDAQ TEST STOCK', testIssue: 'N' })).toMatchObject({ isTest: false });
  });

  it('tell the kind of security by the symbol as well', () => {
    expect(listingOf({ name: 'Abrdn 5% Stock' }, 'ABR^D')).toMatchObject({ instrument: 'preferred' });
  });

  it('are shortened and made printable, and a name is judged before it is shortened', () => {
    const listing = listingOf({ name: `${'x'.repeat(250)} Warrants`, sector: '\u001b[31mred' });
    expect(listing).toEqual({ name: `${'x'.repeat(199)}…`, sector: '�[31mred', instrument: 'warrant' });
  });
});

it('reads the start of cells without end', () => {
  const [percents, digits] = ['%'.repeat(1_000_000), '1'.repeat(1_000_000)];
  expect(listingOf({ name: percents, type: percents, marketCap: digits, sector: digits })).toEqual({
    name: `${'%'.repeat(199)}…`,
    sector: `${'1'.repeat(199)}…`,
  });
});

const key = fc.constantFrom('name', 'exchange', 'sector', 'market cap', 'ETF', 'type', 'Test Issue', 'x');
const cell = fc.oneof(
  fc.string({ size: 'max', maxLength: 300 }),
  fc.constantFrom('constructor', '__proto__', 'Y', 'n/a', '0'),
  fc.double(),
  fc.constant(null),
);

test.prop([fc.uniqueArray(key), fc.array(cell, { maxLength: 9, size: 'max' }), fc.string()])(
  'reads something printable of any row, of any length',
  (header, cells, symbol) => {
    const listing = listingColumns(header)?.(cells, symbol) ?? {};
    for (const value of Object.values(listing)) {
      if (typeof value === 'string') expect(value).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u);
      else expect(typeof value === 'boolean' || (Number.isFinite(value) && value > 0)).toBe(true);
    }
  },
);
