import type { Instrument } from '../types.ts';

/**
 * What the codes of Polygon's ticker types stand for, which lists of other origin use too; the others (baskets,
 * liquidating trusts, indexes) are none of these.
 *
 * https://polygon.io/docs/rest/stocks/tickers/ticker-types
 */
export const POLYGON_TYPES: ReadonlyMap<string, Instrument> = new Map<string, Instrument>([
  ['CS', 'common'],
  ['OS', 'common'],
  ['ADRC', 'depositary'],
  ['GDR', 'depositary'],
  ['NYRS', 'depositary'],
  ['PFD', 'preferred'],
  ['ADRP', 'preferred'],
  ['ETF', 'etf'],
  ['ETS', 'etf'],
  ['ETV', 'etf'],
  ['FUND', 'fund'],
  ['ETN', 'note'],
  ['BOND', 'note'],
  ['SP', 'note'],
  ['WARRANT', 'warrant'],
  ['ADRW', 'warrant'],
  ['RIGHT', 'right'],
  ['ADRR', 'right'],
  ['UNIT', 'unit'],
]);
