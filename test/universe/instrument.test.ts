import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from '../../src/types.ts';
import { instrumentOf } from '../../src/universe/instrument.ts';
import { readListings } from '../../src/universe/read-listings.ts';

const byName = (name: string) => instrumentOf({ symbol: 'ABC', name });

describe('a name', () => {
  it.each([
    ['Unit Corporation Common Stock', 'common'],
    ['United Airlines Holdings Inc. Common Stock', 'common'],
    ['Preferred Bank - Common Stock', 'common'],
    ['Warrior Met Coal, Inc. Common Stock', 'common'],
    ['Rightscorp Inc. Class A Ordinary Shares', 'common'],
    ['MPLX LP Common Units Representing Limited Partner Interests', 'common'],
    ['AllianceBernstein Holding L.P.  Units', 'common'],
    ['Brookfield Business Partners L.P. Limited Partnership Units ', 'common'],
    ['Icahn Enterprises L.P. - Depositary Units representing Limited Partner Interests', 'common'],
    ['Belpointe PREP, LLC Class A Units', 'common'],
    ['MV Oil Trust Units of Beneficial Interests', 'common'],
    ['Federal Realty Investment Trust Common Stock', 'common'],
    ['RLJ Lodging Trust Common Shares of Beneficial Interest $0.01 par value', 'common'],
    ['LXP Industrial Trust Common Stock (Maryland REIT)', 'common'],
    ['Office Properties Income Trust Common shares of beneficial interest', 'common'],
    ['Redwood Trust, Inc. Common Stock', 'common'],
    ['Northern Trust Corporation - Common Stock', 'common'],
    ['Invesco Mortgage Capital Inc Common Stock', 'common'],
    ['ADS-TEC ENERGY PLC - Ordinary Shares', 'common'],
    [
      'Alibaba Group Holding Limited American Depositary Shares each representing eight Ordinary share',
      'depositary',
    ],
    ['Banco Santander Brasil SA American Depositary Shares, each representing one unit', 'depositary'],
    [
      'Coca Cola Femsa American Depositary Shares, each representing 10 Units (each Unit consists of 3)',
      'depositary',
    ],
    [
      'RLX Technology Inc. American Depositary Shares, each representing the right to receive one share',
      'depositary',
    ],
    ['Grupo Aval Acciones y Valores S.A. ADR (Each representing 20 preferred shares)', 'depositary'],
    ['Arbor Realty Trust 6.375% Series D Cumulative Redeemable Preferred Stock', 'preferred'],
    [
      'Bank of America Depositary Shares, each representing a 1/1,000th interest in Preferred Stock',
      'preferred',
    ],
    ['Air T, Inc. - Trust Preferred Securities', 'preferred'],
    [
      'Brookfield Property Partners L.P. - 6.25% Class A Cumulative Redeemable Preferred Units, Series 1',
      'preferred',
    ],
    ['John Hancock Preferred Income Fund III Preferred Income Fund III', 'fund'],
    ['Nuveen Preferred & Income Opportunities Fund', 'fund'],
    ['BlackRock Municipal Income Trust II', 'fund'],
    ['Royce Small-Cap Trust, Inc. Common Stock', 'fund'],
    ['Western Asset Investment Grade Bond Fund Inc.', 'fund'],
    ['GraniteShares 2x Long AMD Daily ETF', 'etf'],
    ['iShares Core S&P 500', 'etf'],
    ['iPath Series B S&P 500 VIX Short-Term Futures ETN', 'note'],
    ['Ready Capital Corporation 9.00% Senior Notes due 2031', 'note'],
    ['Athene Holding Ltd. 7.250% Fixed-Rate Reset Junior Subordinated Debentures due 2064', 'note'],
    ['Entergy Arkansas, LLC First Mortgage Bonds, 4.875% Series Due September 1, 2066', 'note'],
    ['Armada Acquisition Corp. III Units', 'unit'],
    ['Axiom Intelligence Acquisition Corp 1 - Units', 'unit'],
    ['Axiom Intelligence Acquisition Corp 1 Units', 'unit'],
    ['Invesco BLDRS Asia 50 ADR Index Fund', 'etf'],
    ['Blue Water Acquisition Corp. III - Unit.', 'unit'],
    [
      'AA Mission Acquisition Corp. Units, each consisting of one share and one-half of one redeemable warrant',
      'unit',
    ],
    ['SunocoCorp LLC Common Units, representing limited liability company interests', 'common'],
    ['Artius II Acquisition Inc. - Rights', 'right'],
    ['Jena Acquisition Corporation II Rights, each right to acquire one-twentieth of one share', 'right'],
    ['Opendoor Technologies Inc - Series A Warrants, each whole warrant exercisable at $13.00', 'warrant'],
    ['XYZ plc - Warrants to purchase American Depositary Shares', 'warrant'],
  ])('tells of %j that it is %s', (name, instrument) => {
    expect(byName(name)).toBe(instrument);
  });

  it.each([
    'Apple Inc.',
    'Newmont Corporation',
    'Evernote',
    'The Right Company Inc.',
    'Bond Street Holdings',
  ])('tells nothing as %j', (name) => {
    expect(byName(name)).toBeUndefined();
  });
});

describe('what counts', () => {
  it('is the type before the flag, and the flag before symbol and name', () => {
    expect(instrumentOf({ symbol: 'ABC', type: 'ADRC', isEtf: true })).toBe('depositary');
    expect(instrumentOf({ symbol: 'CTWO', isEtf: true, name: 'Common units' })).toBe('etf');
  });

  it('is a suffix before the name, and the name before a fifth letter', () => {
    expect(instrumentOf({ symbol: 'METpE', name: 'MetLife, Inc. American Depositary Shares' })).toBe(
      'preferred',
    );
    expect(instrumentOf({ symbol: 'ABCDW', name: 'Abcdw Inc. Common Stock' })).toBe('common');
    expect(instrumentOf({ symbol: 'ABCDW', name: 'Abcdw Inc.' })).toBe('warrant');
  });

  it('is a type in words, in codes and by our own names; another one says nothing', () => {
    const byType = (type: string) => instrumentOf({ symbol: 'ABC', type });
    for (const instrument of INSTRUMENTS) expect(byType(instrument)).toBe(instrument);
    expect(['CS', 'ETN', 'PFD', 'Common Stock', 'Closed-End Fund'].map(byType)).toEqual([
      'common',
      'note',
      'preferred',
      'common',
      'fund',
    ]);
    expect(['BUY', 'constructor', '__proto__'].map(byType)).toEqual([undefined, undefined, undefined]);
  });
});

test.prop([fc.string({ size: 'max', maxLength: 300 }), fc.string()])(
  'is one of the kinds or nothing, whatever is said',
  (name, type) => {
    expect([...INSTRUMENTS, undefined]).toContain(instrumentOf({ symbol: 'ABC', name, type }));
  },
);

const data = new URL('../../../shared/data/universe/', import.meta.url);

describe.skipIf(!existsSync(data))('real lists', () => {
  async function count(bytes: Uint8Array) {
    const chunks = (async function* () {
      yield bytes;
    })();
    const listings = await readListings([{ name: 'list', chunks }]);
    const counts: Record<string, number> = {};
    for (const { instrument = 'unknown' } of listings.values())
      counts[instrument] = (counts[instrument] ?? 0) + 1;
    return counts;
  }

  it("have so many of each kind: Nasdaq's screener", async () => {
    expect(await count(readFileSync(new URL('nasdaq-screener-2026-08-22.csv', data)))).toEqual({
      common: 5_165,
      depositary: 331,
      fund: 334,
      note: 168,
      preferred: 499,
      right: 79,
      unit: 180,
      unknown: 86,
      warrant: 340,
    });
  });

  it('have so many of each kind: the Nasdaq Trader directory', async () => {
    const bytes = gunzipSync(readFileSync(new URL('nasdaqtraded-2025-12-05.txt.gz', data)));
    expect(await count(bytes)).toEqual({
      common: 5_139,
      depositary: 337,
      etf: 4_769,
      fund: 382,
      note: 195,
      preferred: 516,
      right: 81,
      unit: 185,
      unknown: 77,
      warrant: 416,
    });
  });
});
