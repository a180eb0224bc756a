import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ScanError } from '../../../src/errors.ts';
import { JsonScanner } from '../../../src/workers/decoders/json-scanner.ts';

const scanner = new JsonScanner();

function opened(text: string): JsonScanner {
  const bytes = new TextEncoder().encode(text);
  // As a body comes: in pieces, wherever they are cut.
  const cut = bytes.length % 7;
  expect(scanner.open([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(bytes.length);
  return scanner;
}

/** Whether the scanner passes over the whole text as one value. */
function isValue(text: string): boolean {
  try {
    opened(text).skipValue();
    scanner.expectEnd();
    return true;
  } catch (error) {
    if (error instanceof ScanError) return false;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readNumber(text: string): number {
  const target = new Float64Array(1);
  opened(text).readNumber(target, 0);
  scanner.expectEnd();
  return target[0]!;
}

const digits = fc.string({
  unit: fc.constantFrom(...'0123456789'),
  minLength: 1,
  maxLength: 25,
  size: 'max',
});
const nearlyNumber = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits,
    fc.option(digits),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.nat({ max: 330 }))),
  )
  .map(
    ([sign, whole, part, exponent]) =>
      `${sign}${whole}${part === null ? '' : `.${part}`}${exponent?.join('') ?? ''}`,
  );

describe('JsonScanner', () => {
  test.prop([nearlyNumber], { numRuns: 3000 })('reads a number as JSON.parse does, to the bit', (text) => {
    if (!isJson(text)) expect(() => readNumber(text)).toThrow(ScanError);
    else expect(Object.is(readNumber(text), JSON.parse(text))).toBe(true);
  });

  test.prop([fc.double({ noNaN: true, noDefaultInfinity: true })], { numRuns: 2000 })(
    'reads every double from its shortest text',
    (value) => {
      const text = String(value);
      expect(readNumber(text)).toBe(Number(text));
    },
  );

  test.prop([fc.json()], { numRuns: 500 })('passes over any JSON', (text) => {
    expect(isValue(text)).toBe(true);
  });

  test.prop([fc.json(), fc.nat(), fc.constantFrom(...'"\\{}[],:-+.eE019tfnu \n\u0001')], { numRuns: 2000 })(
    'accepts exactly what JSON.parse accepts',
    (text, place, character) => {
      const at = place % text.length;
      const damaged = text.slice(0, at) + character + text.slice(at + 1);
      // An unpaired surrogate changes on its way through UTF-8, not its being JSON.
      expect(isValue(damaged)).toBe(isJson(damaged.toWellFormed()));
    },
  );

  it.each([
    '01',
    '-',
    '1.',
    '.5',
    '1e',
    '1e+',
    '+1',
    'NaN',
    'tru',
    'nul',
    '"\\x"',
    '"\\u12g4"',
    '[1,]',
    '{"a":1,}',
    '[1',
    '',
  ])('refuses %s', (text) => {
    expect(isValue(text)).toBe(false);
  });

  it('says where a body breaks off', () => {
    expect(() => opened('[1,2').skipValue()).toThrow('The body ends at byte 4: expected , or ]');
    expect(() => opened('[1;2]').skipValue()).toThrow('The body goes wrong at byte 2: expected , or ]');
  });

  it('does not read past the end into a longer document before it', () => {
    opened('{"key":"a long one"}').skipValue();
    expect(() => opened('{"k').skipValue()).toThrow('The body ends at byte 3');
  });
});
