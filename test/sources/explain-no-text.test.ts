import { gzipSync, zstdCompressSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { explainNoText } from '../../src/sources/explain-no-text.ts';

const LIST = 'symbol,name\nAAPL,Apple\n';

describe('what is no text', () => {
  it('is named, with what helps', () => {
    expect(explainNoText(gzipSync(LIST))).toBe('it is gzip and no text; unpack it first (gzip -dc)');
    expect(explainNoText(zstdCompressSync(LIST))).toBe('it is zstd and no text; unpack it first (zstd -dc)');
    expect(explainNoText(Buffer.from('PK\x03\x04...'))).toMatch(/^it is a ZIP archive or a spreadsheet /);
    expect(explainNoText(Buffer.from('BZh91AY'))).toMatch(/^it is bzip2 /);
    expect(explainNoText(Buffer.from('fd377a585a00', 'hex'))).toMatch(/^it is xz /);
    expect(explainNoText(Buffer.from('d0cf11e0a1b11ae1', 'hex'))).toMatch(/^it is a spreadsheet /);
    expect(explainNoText(Buffer.from('PAR1'))).toMatch(/^it is Parquet /);
  });

  it('is not what may be a list: a short piece, a ticker that begins so, UTF-16', () => {
    for (const text of ['', 'P', 'PK', 'PK\nPKG\n', 'BZ', 'BZUN', 'BZh', 'PAR', '\x1f'])
      expect(explainNoText(Buffer.from(text, 'latin1'))).toBeUndefined();
    expect(explainNoText(Buffer.from('\uFEFFAAPL', 'utf16le'))).toBeUndefined();
    expect(explainNoText(Buffer.from('\uFEFFAAPL'))).toBeUndefined();
  });

  test.prop([fc.stringMatching(/^[A-Z.\-/^ ,\n]{0,20}$/)])('is no list of tickers', (list) => {
    fc.pre(!list.startsWith('PAR1'));
    expect(explainNoText(Buffer.from(list))).toBeUndefined();
  });
});
