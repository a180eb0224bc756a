import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { BomDecoder } from '../../src/universe/bom-decoder.ts';

function decode(...chunks: readonly Uint8Array[]): string {
  const decoder = new BomDecoder();
  return chunks.map((chunk) => decoder.decode(chunk)).join('') + decoder.end();
}

const oneByOne = (bytes: Uint8Array) => decode(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
const utf16le = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();
const text = 'AAPL\r\nÄ €😀\n';

describe('BomDecoder', () => {
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16LE', utf16le(text)],
    ['UTF-16BE', utf16be(text)],
  ])('decodes %s, whole and byte by byte', (_, bytes) => {
    expect(decode(bytes)).toBe(text);
    expect(oneByOne(bytes)).toBe(text);
  });

  it('leaves out one mark at the start, and no other', () => {
    expect(decode(Buffer.from('\uFEFF\uFEFFA\uFEFF'))).toBe('\uFEFFA\uFEFF');
    expect(decode(utf16le('\uFEFFA'))).toBe('\uFEFFA');
    expect(decode(Buffer.from('A'), Buffer.from('\uFEFFB'))).toBe('A\uFEFFB');
  });

  it('gives what is complete at once', () => {
    const decoder = new BomDecoder();
    expect(decoder.decode(Buffer.from('A'))).toBe('A');
    expect(decoder.decode(Uint8Array.of(0xe2, 0x82))).toBe('');
    expect(decoder.decode(Uint8Array.of(0xac))).toBe('€');
  });

  it('says of half a mark or half a character at the end that it is no text', () => {
    expect(decode(Uint8Array.of(0xff))).toBe('\uFFFD');
    expect(decode(Uint8Array.of(0x41, 0xe2, 0x82))).toBe('A\uFFFD');
    expect(decode(utf16le('AB').subarray(0, -1))).toBe('A\uFFFD');
  });

  it('takes nothing for an empty text', () => {
    expect(decode()).toBe('');
    expect(decode(new Uint8Array(), new Uint8Array())).toBe('');
  });

  test.prop([fc.uint8Array({ maxLength: 200, size: 'max' })])(
    'decodes any bytes as the platform does',
    (bytes) => {
      fc.pre(!(bytes[0]! >= 0xfe && bytes[1]! >= 0xfe));
      expect(decode(bytes)).toBe(new TextDecoder().decode(bytes));
      expect(oneByOne(bytes)).toBe(new TextDecoder().decode(bytes));
    },
  );
});
