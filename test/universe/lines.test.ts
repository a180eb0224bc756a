import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type Line, readLines } from '../../src/universe/lines.ts';

async function* chunked(...chunks: readonly (string | Uint8Array)[]) {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** The bytes cut at the given places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

async function lines(chunks: AsyncIterable<Uint8Array>, maxLineBytes?: number): Promise<Line[]> {
  const all: Line[] = [];
  for await (const batch of readLines(chunks, { maxLineBytes })) all.push(...batch);
  return all;
}
const texts = async (...chunks: readonly (string | Uint8Array)[]) =>
  (await lines(chunked(...chunks))).map(({ text }) => text);

describe('readLines', () => {
  it('ends a line with LF, CRLF or CR, and counts a last one without terminator', async () => {
    expect(await lines(chunked('A\nB\r\nC\rD'))).toEqual([
      { number: 1, text: 'A', cut: false },
      { number: 2, text: 'B', cut: false },
      { number: 3, text: 'C', cut: false },
      { number: 4, text: 'D', cut: false },
    ]);
  });

  it('keeps empty lines, so that numbers stay right', async () => {
    expect(await texts('\n\r\n\r\rA\n\n')).toEqual(['', '', '', '', 'A', '']);
  });

  it('yields nothing of nothing', async () => {
    expect(await texts()).toEqual([]);
    expect(await texts('', new Uint8Array())).toEqual([]);
  });

  it('takes a CR and an LF in two chunks as one end', async () => {
    expect(await texts('A\r', '\nB\r', '', '\n', '\nC')).toEqual(['A', 'B', '', 'C']);
  });

  it('yields a line with the chunk that completes it, without waiting for the next', async () => {
    let open = true;
    const source = (async function* () {
      yield Buffer.from('AAPL\nMS');
      yield Buffer.from('FT\r');
      open = false;
    })();
    const reader = readLines(source);
    expect((await reader.next()).value).toEqual([{ number: 1, text: 'AAPL', cut: false }]);
    expect((await reader.next()).value).toEqual([{ number: 2, text: 'MSFT', cut: false }]);
    expect(open).toBe(true);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('lets go of the chunks when its reader leaves', async () => {
    let closed = false;
    const source = (async function* () {
      try {
        for (;;) yield Buffer.from('A\n');
      } finally {
        closed = true;
      }
    })();
    for await (const _ of readLines(source)) break;
    expect(closed).toBe(true);
  });

  it('does not throw on bytes that are not text', async () => {
    expect(await texts(Uint8Array.of(0xc3, 0x28, 0x0a, 0xff, 0x00, 0x0a, 0xe2, 0x82))).toEqual([
      '\uFFFD(',
      '\uFFFD\0',
      '\uFFFD',
    ]);
  });

  it('reads a chunk of many slices as it reads many chunks', async () => {
    const list = Array.from({ length: 50_000 }, (_, index) => `S${index}`);
    expect(await texts(list.join('\n'))).toEqual(list);
  });
});

describe('a line that is too long', () => {
  it('is one event with its start, and the next line is read', async () => {
    expect(await lines(chunked(`A\n${'x'.repeat(11)}\nB\n`), 10)).toEqual([
      { number: 1, text: 'A', cut: false },
      { number: 2, text: 'x'.repeat(11), cut: true },
      { number: 3, text: 'B', cut: false },
    ]);
  });

  it('may be exactly as long as allowed, terminator not counted', async () => {
    expect((await lines(chunked('0123456789\r\n0123456789'), 10)).map(({ cut }) => cut)).toEqual([
      false,
      false,
    ]);
    expect((await lines(chunked('01234567890\r\n01234567890'), 10)).map(({ cut }) => cut)).toEqual([
      true,
      true,
    ]);
  });

  it('is measured in bytes, not in characters', async () => {
    expect((await lines(chunked('äöü\nabcdef'), 6)).map(({ cut }) => cut)).toEqual([false, false]);
    expect((await lines(chunked('äöüx\nabcdef'), 6)).map(({ cut }) => cut)).toEqual([true, false]);
  });

  it('keeps 32 characters of it, over chunks', async () => {
    const all = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEF';
    const chunks = [...all, '\nZ'];
    expect(await lines(chunked(...chunks), 40)).toEqual([
      { number: 1, text: all.slice(0, 32), cut: true },
      { number: 2, text: 'Z', cut: false },
    ]);
  });

  it('is reported while it is still coming, and without end is still one event', async () => {
    const events: Line[] = [];
    let given = 0;
    const endless = (async function* () {
      for (; given < 2_000; given++) yield Buffer.alloc(65_536, 'x');
    })();
    for await (const batch of readLines(endless)) {
      if (events.length === 0) expect(given).toBeLessThan(20);
      events.push(...batch);
    }
    expect(events).toEqual([{ number: 1, text: 'x'.repeat(32), cut: true }]);
  });
});

describe('any bytes', () => {
  const piece = fc.constantFrom('A', 'BRK.B', '\n', '\r', '\r\n', ' ', 'ä', '€', '😀', '0123456789');
  const written = fc.array(piece, { maxLength: 200, size: 'max' }).map((pieces) => pieces.join(''));
  const places = fc.array(fc.nat(), { maxLength: 60, size: 'max' });

  test.prop([written, places])('split as a whole text does, wherever chunks end', async (text, cuts) => {
    const expected = text.split(/\r\n|\n|\r/);
    if (expected.at(-1) === '') expected.pop();
    const read = await lines(chunked(...cutAt(Buffer.from(text), cuts)));
    expect(read).toEqual(expected.map((line, index) => ({ number: index + 1, text: line, cut: false })));
  });

  test.prop([written, places, fc.integer({ min: 1, max: 40 })])(
    'cut exactly the lines over the limit',
    async (text, cuts, limit) => {
      const expected = text.split(/\r\n|\n|\r/);
      if (expected.at(-1) === '') expected.pop();
      const read = await lines(chunked(...cutAt(Buffer.from(text), cuts)), limit);
      expect(read.map(({ cut }) => cut)).toEqual(expected.map((line) => Buffer.byteLength(line) > limit));
      expect(read.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1));
    },
  );

  test.prop([fc.uint8Array({ maxLength: 500, size: 'max' }), places])(
    'read the same in pieces as in one',
    async (bytes, cuts) => {
      expect(await lines(chunked(...cutAt(bytes, cuts)), 96)).toEqual(await lines(chunked(bytes), 96));
    },
  );
});
