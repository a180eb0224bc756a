import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { chunkText } from '../../src/sinks/chunk-text.ts';

describe('chunkText', () => {
  test.prop([fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 40, size: 'max' })], {
    numRuns: 50,
  })('keeps the text, in chunks that are neither empty nor much larger than 64 K', (lengths) => {
    const pieces = lengths.map((length, index) => String.fromCharCode(97 + (index % 26)).repeat(length));
    const chunks = [...chunkText(pieces)];
    expect(chunks.join('')).toBe(pieces.join(''));
    expect(chunks.every((chunk) => chunk !== '' && chunk.length < 65_536 + 100_000)).toBe(true);
    expect(chunks.slice(0, -1).every((chunk) => chunk.length >= 65_536)).toBe(true);
  });

  test('hands a chunk over before it asks for the rest', () => {
    let taken = 0;
    function* endless() {
      for (;;) {
        taken++;
        yield 'x'.repeat(1000);
      }
    }
    chunkText(endless()).next();
    expect(taken).toBe(66);
  });
});
