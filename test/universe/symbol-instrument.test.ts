import { expect, it } from 'vitest';
import { symbolInstrument } from '../../src/universe/symbol-instrument.ts';

it.each([
  ['AAM.WS', 'warrant'],
  ['NE.WS.A', 'warrant'],
  ['AACIW', 'warrant'],
  ['AAM.U', 'unit'],
  ['AACIU', 'unit'],
  ['AIIAr', 'right'],
  ['AACPR', 'right'],
  ['ABRpD', 'preferred'],
  ['TYp', 'preferred'],
])('knows %s to be a %s', (symbol, instrument) => {
  expect(symbolInstrument(symbol)).toBe(instrument);
});

it.each(['A', 'U', 'NOW', 'EWU', 'CRWU', 'GOOGL', 'BRK.B', 'BF.A', 'XYZw', 'ABCDEW', 'U.A', ''])(
  'knows nothing of %j',
  (symbol) => {
    expect(symbolInstrument(symbol)).toBeUndefined();
  },
);
