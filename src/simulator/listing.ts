import type { SymbolId } from '../types.ts';
import { SECTORS } from './market-returns.ts';
import { Random } from './random.ts';

/** Kinds of securities by their code in the ticker listing. */
export type TickerType = 'CS' | 'ETF' | 'ADRC' | 'PFD' | 'WARRANT' | 'UNIT' | 'RIGHT';

/** What does not change about a synthetic symbol: what it is, how it moves, when it is listed. */
export interface Listing {
  readonly name: string;
  readonly type: TickerType;
  readonly exchange: 'XNYS' | 'XNAS' | 'XASE';
  /** Index into `SECTORS`. */
  readonly sector: number;
  /** Part of the market's and of the sector's return that it takes. */
  readonly beta: number;
  readonly sectorBeta: number;
  /** Standard deviation of its own daily return, a fraction. */
  readonly deviation: number;
  /** Dollars at its first bar. */
  readonly price: number;
  /** Dollars that change hands in a usual session. */
  readonly dollarVolume: number;
  /** Index of its first session; after the last one for a symbol that has not begun to trade. */
  readonly listedAt: number;
  /** Index of the first session without it. */
  readonly delistedAt: number;
}

const BENCHMARK = 'SPY';
/** Share of symbols that begin to trade within the first sessions of the market, and how many sessions that is. */
const IPO_SHARE = 0.08;
const IPO_SESSIONS = 320;
const DELISTING_A_SESSION = 0.0002;

/** The listing of a symbol: a function of seed and symbol alone. */
export function createListing(seed: number, symbol: SymbolId): Listing {
  const random = new Random(seed, `listing ${symbol}`);
  const sector = random.below(SECTORS.length);
  const type = typeOf(symbol, random.uniform());
  const exchange = (['XNYS', 'XNAS', 'XNAS', 'XASE'] as const)[random.below(4)]!;
  const beta = clamp(1 + 0.4 * random.normal(), -0.3, 2.5);
  const sectorBeta = clamp(0.8 + 0.4 * random.normal(), 0, 2);
  const deviation = clamp(0.019 * Math.exp(0.45 * random.normal()), 0.005, 0.08);
  const price = clamp(16 * Math.exp(1.5 * random.normal()), 0.15, 800);
  const dollarVolume = clamp(4e6 * Math.exp(2.6 * random.normal()), 10_000, 5e9);
  const listedAt = random.uniform() < IPO_SHARE ? random.below(IPO_SESSIONS) : 0;
  const lifetime = 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - DELISTING_A_SESSION));
  const listing: Listing = {
    name: `${symbol} ${SECTORS[sector]} ${type === 'ETF' ? 'Fund' : 'Inc.'}`,
    type,
    exchange,
    sector,
    beta,
    sectorBeta,
    deviation,
    price,
    dollarVolume,
    listedAt,
    delistedAt: listedAt + lifetime,
  };
  if (symbol !== BENCHMARK) return listing;
  return {
    ...listing,
    name: 'Synthetic Market Trust',
    beta: 1,
    sectorBeta: 0,
    deviation: 0.001,
    price: 400,
    dollarVolume: 5e9,
    listedAt: 0,
    delistedAt: Number.POSITIVE_INFINITY,
  };
}

function typeOf(symbol: SymbolId, uniform: number): TickerType {
  if (symbol === BENCHMARK) return 'ETF';
  if (symbol.endsWith('.WS')) return 'WARRANT';
  if (symbol.endsWith('.U')) return 'UNIT';
  if (symbol.endsWith('r')) return 'RIGHT';
  if (symbol.includes('p')) return 'PFD';
  if (symbol.length < 2 || symbol.includes('.')) return 'CS';
  if (uniform < 0.05) return 'ETF';
  return uniform < 0.1 ? 'ADRC' : 'CS';
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
