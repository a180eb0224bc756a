import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { SPELLINGS, type SpellingName } from '../../src/sources/spelling.ts';

const NAMES = Object.keys(SPELLINGS) as SpellingName[];
const letter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const root = fc.tuple(letter, fc.stringMatching(/^[A-Z0-9]{0,4}$/)).map(([first, rest]) => first + rest);
/** Canonical symbols of every kind. */
const symbol = fc
  .tuple(
    root,
    fc.constantFrom('', '.', 'p', 'pX', '.WS', '.WS.X', '.U', 'r'),
    letter,
    fc.constantFrom(...'ABCDEFGHIJKLMNOQSTVXYZ'),
  )
  .map(([stem, kind, series, shareClass]) =>
    kind === '.' ? `${stem}.${shareClass}` : stem + kind.replace('X', series),
  );

describe('spelling', () => {
  it.each<readonly [SpellingName, readonly (string | undefined)[]]>([
    ['polygon', ['AAPL', 'BRK.B', 'ABRpD', 'AAM.WS', 'AAM.U', 'AIIAr']],
    ['alpaca', ['AAPL', 'BRK.B', 'ABR.PRD', 'AAM.WS', 'AAM.U', undefined]],
    ['tiingo', ['AAPL', 'BRK-B', 'ABR-P-D', undefined, undefined, undefined]],
    ['yahoo', ['AAPL', 'BRK-B', 'ABR-PD', 'AAM-WT', 'AAM-UN', 'AIIA-RI']],
    ['stooq', ['aapl.us', 'brk-b.us', 'abr_d.us', undefined, undefined, undefined]],
  ])('is that of %s', (name, spelled) => {
    const canonical = ['AAPL', 'BRK.B', 'ABRpD', 'AAM.WS', 'AAM.U', 'AIIAr'];
    expect(canonical.map(SPELLINGS[name].toProvider)).toEqual(spelled);
  });

  describe.each(NAMES)('of %s', (name) => {
    const { toProvider, fromProvider } = SPELLINGS[name];

    test.prop([symbol])('comes back as it went', (canonical) => {
      const text = toProvider(canonical);
      fc.pre(text !== undefined);
      expect(fromProvider(text)).toBe(canonical);
    });

    test.prop([root])('has every common share', (canonical) => {
      expect(toProvider(canonical)).toBeDefined();
    });

    test.prop([symbol, symbol])('is another one for another symbol', (one, other) => {
      fc.pre(one !== other && toProvider(one) !== undefined);
      expect(toProvider(one)).not.toBe(toProvider(other));
    });
  });

  it('keeps the case that Polygon tells symbols apart by', () => {
    expect(SPELLINGS.polygon.fromProvider('ABRpD')).toBe('ABRpD');
    expect(SPELLINGS.polygon.toProvider('ABRPD')).toBe('ABRPD');
  });

  it.each(['', 'aapl', 'ABC.P', 'ABRpDw', 'A B', 'BRK.BB'])('has nothing for %j', (text) => {
    expect(SPELLINGS.yahoo.toProvider(text)).toBeUndefined();
  });

  it('reads names of Stooq that it does not write', () => {
    const read = ['aam-ws.us', 'aam-u.us', 'AAPL.US', 'ty_.us', 'aapl.uk', 'aapl'].map(
      SPELLINGS.stooq.fromProvider,
    );
    expect(read).toEqual(['AAM.WS', 'AAM.U', 'AAPL', 'TYp', undefined, undefined]);
  });
});
