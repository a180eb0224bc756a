import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { nearest } from '../../src/settings/nearest.ts';

const NAMES = ['rsi_14', 'rsi_14_prev', 'close', 'nr7'];

it.each([
  ['rsi_41', 'rsi_14'],
  ['cloze', 'close'],
  // Two letters changed places: two replacements, too many for five letters.
  ['clsoe', undefined],
  ['close', 'close'],
  ['nr', 'nr7'],
  ['n', undefined],
  ['xyz', undefined],
  ['volatility', undefined],
  ['', undefined],
])('%s is near to %s', (given, expected) => {
  expect(nearest(given, NAMES)).toBe(expected);
});

it('knows no name where there is none', () => {
  expect(nearest('close', [])).toBeUndefined();
});

test.prop([fc.constantFrom(...NAMES), fc.nat(), fc.string({ minLength: 1, maxLength: 1 })])(
  'a name with one character replaced is near to a name',
  (name, at, character) => {
    const place = at % name.length;
    expect(nearest(name.slice(0, place) + character + name.slice(place + 1), NAMES)).toBeDefined();
  },
);
