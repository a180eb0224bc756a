import { expect, it } from 'vitest';
import { isLeveragedName } from '../../src/universe/leveraged-name.ts';

it.each([
  'ProShares UltraPro QQQ',
  'ProShares Ultra Real Estate',
  'ProShares Short S&P500',
  'UltraPro Short Dow30',
  'Direxion Daily S&P 500 Bear 3X',
  'Direxion Daily Gold Miners Index Bull 2XShares',
  'Direxion Daily MU Bear 1X Shares',
  'T-Rex 2X Long Apple Daily Target ETF',
  'GraniteShares 1.25x Long TSLA Daily ETF',
  '-1x Short VIX Futures ETF',
  'MicroSectors U.S. Big Banks 3 Leveraged ETNs due February 17, 2045',
  'ETRACS Monthly Pay 2xLeveraged US High Dividend ETN',
  'iPath Series B S&P 500 VIX Short-Term Futures ETN',
  'DB Gold Double Short ETN',
])('%s is one', (name) => {
  expect(isLeveragedName(name)).toBe(true);
});

it.each([
  'SPDR S&P 500',
  'abrdn Ultra Short Municipal Income Active ETF',
  'Innovator U.S. Equity Ultra Buffer ETF - August',
  'Invesco BulletShares 2028 Corporate Bond ETF',
  'Vanguard Short-Term Bond ETF',
  'Invesco S&P 500 Low Volatility ETF',
  'SPDR Blackstone Leveraged Loan ETF',
  'First Trust Long/Short Equity',
  'TrueShares Quarterly Bear Hedge ETF',
  'AXA2X Fund',
])('%s is none', (name) => {
  expect(isLeveragedName(name)).toBe(false);
});
