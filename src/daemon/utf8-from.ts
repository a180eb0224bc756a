import { BomDecoder } from '../universe/bom-decoder.ts';

const UTF8_MARK = [0xef, 0xbb, 0xbf];
const UTF16_MARKS = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];
const MARKS = [UTF8_MARK, ...UTF16_MARKS];

/**
 * The bytes of a text as UTF-8, without a byte order mark at their start. What is UTF-16 by its mark becomes UTF-8;
 * all else passes as it came.
 *
 * Order: as read. Failure: that of `chunks`. Holds: a chunk, and less than three bytes until the mark is whole.
 */
export async function* utf8From(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  /** The bytes at the start, while they may become a mark. */
  let start: Uint8Array | undefined = new Uint8Array();
  let decoder: BomDecoder | undefined;
  for await (let chunk of chunks) {
    if (start !== undefined) {
      chunk = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
      start = isPartOf(chunk, MARKS) ? chunk : undefined;
      if (start !== undefined) continue;
      if (UTF16_MARKS.some((mark) => startsWith(chunk, mark))) decoder = new BomDecoder();
      else if (startsWith(chunk, UTF8_MARK)) chunk = chunk.subarray(UTF8_MARK.length);
    }
    yield decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk));
  }
  if (start !== undefined) yield start;
  else if (decoder !== undefined) yield Buffer.from(decoder.end());
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

/** Whether the bytes are less than a mark, and what there is of them is as in one. */
function isPartOf(bytes: Uint8Array, marks: readonly (readonly number[])[]): boolean {
  return marks.some(
    (mark) => bytes.length < mark.length && bytes.every((byte, index) => byte === mark[index]),
  );
}
