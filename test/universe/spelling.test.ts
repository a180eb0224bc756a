import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalSymbol } from '../../src/universe/spelling.ts';

/** Canonical spelling, and what else is read as it. */
const SPELLINGS: readonly (readonly [string, ...string[]])[] = [
  ['AAPL', 'aapl', '$AAPL', '$aapl', ' AAPL\t', '"AAPL"', "'AAPL'", '"$AAPL"', '" aapl "'],
  ['BRK.B', 'BRK-B', 'BRK/B', 'brk.b', 'brk-b', '$BRK.B', '"BRK/B"'],
  ['BF.A', 'BF/A', 'bf-a'],
  ['MKC.V', 'MKC-V'],
  [
    'ABRpD',
    'ABR^D',
    'ABR$D',
    'ABR.PRD',
    'ABR-PRD',
    'ABR/PRD',
    'ABR-PD',
    'ABR.PD',
    'ABR-P-D',
    'ABR.PR.D',
    'abr^d',
  ],
  ['TYp', 'TY^', 'TY$', 'TY-P', 'TY.P', 'TY/P', 'TY.PR', 'TY/PR'],
  ['PSApR', 'PSA-PR', 'PSA^R', 'PSA.PRR', 'PSA-P-R'],
  ['PSApP', 'PSA-PP', 'PSA.PRP', 'PSA^P'],
  ['AAM.WS', 'AAM.W', 'AAM+', 'AAM-WT', 'AAM/WS', 'AAM-WS', 'AAM.WT', 'aam.ws'],
  ['NE.WS.A', 'NE+A', 'NE-WTA', 'NE/WS/A', 'NE.WSA'],
  ['AAM.U', 'AAM=', 'AAM-UN', 'AAM/U', 'AAM.UN'],
  ['AIIAr', 'AIIA-RI', 'AIIA.R', 'AIIA.RT', 'aiia-ri'],
  ['XYZw', 'XYZ.WI', 'XYZ-WI'],
  ['ABRpDw'],
  ['C', 'c', '$C'],
  ['GOOGL1', 'googl1'],
];

describe('canonicalSymbol', () => {
  it.each(SPELLINGS)('reads %s and its other spellings', (canonical, ...others) => {
    expect([canonical, ...others].map(canonicalSymbol)).toEqual([canonical, ...others].map(() => canonical));
  });

  it.each([
    'NA',
    'TRUE',
    'FALSE',
    'NAN',
    'ON',
    'NULL',
    'E',
    'T',
    'CON',
    'INF',
    'DEC',
    'TEST',
    'true',
    'null',
  ])('takes %s for the ticker it is', (symbol) => {
    expect(canonicalSymbol(symbol)).toBe(symbol.toUpperCase());
  });

  it.each([
    ['', 'nothing'],
    ['  ', 'blanks'],
    ['""', 'quotes around nothing'],
    ['$', 'a dollar alone'],
    ['$$A', 'two dollars'],
    ['1AAPL', 'a digit first'],
    ['.B', 'no root'],
    ['BRK.', 'a separator at the end'],
    ['BRK..B', 'two separators'],
    ['BRK B', 'a blank inside'],
    ['BRK.BB', 'two letters of no meaning'],
    ['Aapl', 'capitals and small letters mixed'],
    ['ABRPd', 'a preferred with the cases reversed'],
    ['NYSE:F', 'an exchange'],
    ['GIG~', 'a mark of no meaning'],
    ['AAM#', 'a when-issued mark'],
    ['AAPL"', 'one quote'],
    ['ÄPFEL', 'a letter beyond ASCII'],
    ['ＡＡＰＬ', 'wide letters'],
    ['AA\0PL', 'a control character'],
    ['ABCDEFGHIJKLM', 'thirteen characters'],
    ['ABCDEFGHIJK+', 'more than twelve once it is spelled out'],
    ['A'.repeat(1_000_000), 'a million letters'],
  ])('says that %j is none: %s', (text) => {
    expect(canonicalSymbol(text)).toBeUndefined();
  });

  it('takes twelve characters', () => {
    expect(canonicalSymbol('ABCDEFGHIJKL')).toBe('ABCDEFGHIJKL');
    expect(canonicalSymbol('ABCDEFGHIJ-B')).toBe('ABCDEFGHIJ.B');
  });

  // Drawn from the characters of symbols, so that most runs spell one.
  const symbolLike = fc.string({
    unit: fc.constantFrom(...'ABPRUWSTIDabprw1.-/^$+=~#" '),
    maxLength: 13,
    size: 'max',
  });
  const rooted = fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...'ABPRUW'), minLength: 1, maxLength: 9 }),
      fc.string({ unit: fc.constantFrom(...'ABPRUWSTINprw.-/^$+='), maxLength: 5 }),
    )
    .map((parts) => parts.join(''));

  test.prop([fc.oneof(rooted, symbolLike, fc.string({ unit: 'binary' }))], { numRuns: 5_000 })(
    'spells what is canonical as itself',
    (text) => {
      const symbol = canonicalSymbol(text);
      if (symbol !== undefined) expect(canonicalSymbol(symbol)).toBe(symbol);
    },
  );

  test.prop([fc.oneof(rooted, symbolLike)], { numRuns: 2_000 })(
    'yields short plain ASCII that starts with a capital',
    (text) => {
      const symbol = canonicalSymbol(text);
      if (symbol !== undefined)
        expect(symbol).toMatch(/^(?=.{1,12}$)[A-Z][A-Z0-9]*(?:\.[A-Z]|\.WS(?:\.[A-Z])?|(?:p[A-Z]?|r)?w?)$/);
    },
  );
});
