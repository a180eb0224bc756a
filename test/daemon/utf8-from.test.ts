import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { utf8From } from '../../src/daemon/utf8-from.ts';

async function textOf(...chunks: readonly Uint8Array[]): Promise<string> {
  const pieces: Uint8Array[] = [];
  const source = (async function* () {
    yield* chunks;
  })();
  for await (const piece of utf8From(source)) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}
const latin1 = (text: string) => Buffer.from(text).toString('latin1');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** Each byte a chunk, with empty ones between. */
const byBytes = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => [Uint8Array.of(byte), new Uint8Array()]).flat();

describe('utf8From', () => {
  it.each([
    ['UTF-8 without a mark', Buffer.from('AÄ\n'), latin1('AÄ\n')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFAÄ\n'), latin1('AÄ\n')],
    ['UTF-16, the low byte first', Buffer.from('\uFEFFAÄ😀\n', 'utf16le'), latin1('AÄ😀\n')],
    ['UTF-16, the high byte first', utf16be('\uFEFFAÄ😀\n'), latin1('AÄ😀\n')],
    ['a mark alone', Buffer.from('\uFEFF'), ''],
    ['a part of a mark', Uint8Array.of(0xef, 0xbb), '\xef\xbb'],
    ['what only starts like a mark', Uint8Array.of(0xef, 0xbb, 0x41), '\xef\xbbA'],
    ['a second mark', Buffer.from('\uFEFF\uFEFFA'), latin1('\uFEFFA')],
    ['nothing', new Uint8Array(), ''],
  ])('reads %s, whole or byte by byte', async (_, bytes, expected) => {
    expect(await textOf(bytes)).toBe(expected);
    expect(await textOf(...byBytes(bytes))).toBe(expected);
  });

  it('does not wait for a mark where none can come', async () => {
    const source = (async function* () {
      yield Buffer.from('A');
      throw new Error('was asked for more');
    })();
    expect((await utf8From(source).next()).value).toEqual(Buffer.from('A'));
  });

  test.prop([fc.uint8Array({ maxLength: 40, size: 'max' })])(
    'changes no byte without a mark',
    async (bytes) => {
      fc.pre(![0xef, 0xff, 0xfe].includes(bytes[0]!));
      expect(await textOf(...byBytes(bytes))).toBe(Buffer.from(bytes).toString('latin1'));
    },
  );
});
