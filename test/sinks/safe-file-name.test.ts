import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { safeFileName } from '../../src/sinks/safe-file-name.ts';

describe('safeFileName', () => {
  it.each([
    ['2024-05-03.lx1', '2024-05-03.lx1'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
    ['.', '%2E'],
    ['..', '%2E.'],
    ['', '%'],
    ['a b:c*?"<>|\\\0', 'a%20b%3Ac%2A%3F%22%3C%3E%7C%5C%00'],
    ['Zürich', 'Z%C3%BCrich'],
    ['\ud800', '%EF%BF%BD'],
  ])('makes %o safe', (text, name) => {
    expect(safeFileName(text)).toBe(name);
  });

  it('keeps long ones apart', () => {
    const names = ['a', 'b'].map((end) => safeFileName('x'.repeat(5000) + end));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(120);
  });

  const awkward = fc.string({ unit: fc.constantFrom(...'ab./\\%2E~\0 ü'), maxLength: 6, size: 'max' });
  test.prop([awkward, awkward])('gives different texts different names', (a, b) => {
    const [one, other] = [safeFileName(a), safeFileName(b)];
    expect(one === other).toBe(a === b);
    expect(one).toMatch(/^[\w%~-][\w.%~-]*$/);
  });
});
