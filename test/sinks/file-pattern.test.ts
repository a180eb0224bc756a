import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { parseFilePattern } from '../../src/sinks/file-pattern.ts';

const OPTIONS = { extension: '.csv', reserved: 'latest' };

describe('parseFilePattern', () => {
  it.each([
    ['{session}/{scan}.{ext}', '2024-05-03/s%2F1.csv'],
    ['a+b/{session}.{ext}', 'a+b/2024-05-03.csv'],
    ['{scan}-{session}-{scan}', 's%2F1-2024-05-03-s%2F1'],
  ])('makes paths of %s', (pattern, path) => {
    const { pathOf } = parseFilePattern(pattern, OPTIONS);
    expect(pathOf({ session: '2024-05-03', scan: 's/1' })).toBe(path);
  });

  it.each([
    ['{date}/{scan}', /^Expected \{session\}, \{scan\} and \{ext\}/],
    ['{scan', /^Expected \{session\}, \{scan\} and \{ext\}/],
    ['{constructor}', /^Expected \{session\}, \{scan\} and \{ext\}/],
    ['out.{ext}', /^Expected \{session\} or \{scan\}/],
    ['/tmp/{scan}', /relative path without hidden or empty parts/],
    ['../{scan}', /relative path without hidden or empty parts/],
    ['{session}//{scan}', /relative path without hidden or empty parts/],
    ['.hidden/{scan}', /relative path without hidden or empty parts/],
    ['', /or \{scan\} in the pattern.*\n.*relative path/],
  ])('refuses %o', (pattern, message) => {
    expect(() => parseFilePattern(pattern, OPTIONS)).toThrow(message);
    expect(() => parseFilePattern(pattern, OPTIONS)).toThrow(ConfigError);
  });

  it('gives no scan the reserved name, whatever its case', () => {
    const { pathOf } = parseFilePattern('{scan}.{ext}', OPTIONS);
    const paths = ['latest', 'LATEST', 'Latest'].map((scan) => pathOf({ session: '2024-05-03', scan }));
    expect(paths).toEqual(['%6Catest.csv', '%4CATEST.csv', '%4Catest.csv']);
  });

  test.prop([
    fc.string({ maxLength: 200, size: 'max' }),
    fc.constantFrom('{session}/{scan}.{ext}', 'x/{session}.{scan}'),
  ])('knows its own paths again', (scan, pattern) => {
    const { pathOf, segments } = parseFilePattern(pattern, OPTIONS);
    const parts = pathOf({ session: '2024-05-03', scan }).split('/');
    expect(parts).toHaveLength(segments.length);
    parts.forEach((part, index) => {
      expect(part).toMatch(segments[index]!);
    });
  });

  it('takes no other paths for its own', () => {
    const [first, second] = parseFilePattern('{session}/{scan}.{ext}', OPTIONS).segments;
    for (const name of ['2024-05', 'x2024-05-03', '2024-05-03x']) expect(name).not.toMatch(first!);
    for (const name of ['.csv', 'a.csv.gz', 'acsv', 'a b.csv']) expect(name).not.toMatch(second!);
  });
});
