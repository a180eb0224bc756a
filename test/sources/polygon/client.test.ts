import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { createPolygonClient } from '../../../src/sources/polygon/client.ts';

/** Keys and bodies of two letters: a key is often there, and often cut. */
const letters = (lengths: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom('a', 'b'), ...lengths, size: 'max' });

describe('a key in an answer', () => {
  test.prop([
    letters({ minLength: 1, maxLength: 6 }),
    fc.array(letters({ minLength: 0, maxLength: 5 }), { maxLength: 12, size: 'max' }),
  ])('is found wherever the answer was cut into pieces, and nowhere else', (key, texts) => {
    const { refuseKey } = createPolygonClient({ key });
    const whole = texts.join('');
    const pieces = texts.map((text) => Buffer.from(text));
    for (const answer of [whole, pieces]) {
      if (whole.includes(key)) expect(() => refuseKey(answer)).toThrow('An answer that quotes the key');
      else expect(() => refuseKey(answer)).not.toThrow();
    }
  });
});
