import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/universe/printable.ts';

describe('printable', () => {
  it('leaves a short printable text as it is', () => {
    expect(printable('BRK.B "Ä €" 😀')).toBe('BRK.B "Ä €" 😀');
    expect(printable('x'.repeat(64))).toBe('x'.repeat(64));
  });

  it('shortens to 64 characters and shows that it did', () => {
    expect(printable('x'.repeat(65))).toBe(`${'x'.repeat(63)}…`);
  });

  it('replaces what a terminal would obey or not show', () => {
    expect(printable('A\u001b[31m\0\n\u202e\u2028\ud800B')).toBe('A�[31m�����B');
  });

  it('does not leave half a character where it shortens', () => {
    expect(printable(`${'x'.repeat(62)}😀😀`)).toBe(`${'x'.repeat(62)}�…`);
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 100, size: 'max' })])(
    'is short and printable, whatever comes',
    (text) => {
      expect(printable(text)).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{0,64}$/u);
      expect(printable(text).length).toBeLessThanOrEqual(64);
    },
  );
});
