import { expect, it } from 'vitest';
import { instrumentOf } from '../../src/universe/instrument.ts';
import { POLYGON_TYPES } from '../../src/universe/polygon-types.ts';

it.each([...POLYGON_TYPES])(
  'lists with the type %s mean the same as the directory: %s',
  (code, instrument) => {
    expect(instrumentOf({ symbol: 'ABC', type: code })).toBe(instrument);
    expect(instrumentOf({ symbol: 'ABC', type: code.toLowerCase() })).toBe(instrument);
  },
);
