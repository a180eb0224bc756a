const UNPACK = 'unpack it first';
const SAVE_AS_TEXT = 'save the list as text or CSV';

/** How files begin that people have lists in and that are no text, and what helps. */
const KINDS: readonly (readonly [start: readonly number[], what: string, remedy: string])[] = [
  [[0x1f, 0x8b], 'gzip', `${UNPACK} (gzip -dc)`],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive or a spreadsheet', `${UNPACK}, or ${SAVE_AS_TEXT}`],
  [[0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59], 'bzip2', `${UNPACK} (bzip2 -dc)`],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz', `${UNPACK} (xz -dc)`],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd', `${UNPACK} (zstd -dc)`],
  [[0xd0, 0xcf, 0x11, 0xe0], 'a spreadsheet', SAVE_AS_TEXT],
  [[0x50, 0x41, 0x52, 0x31], 'Parquet', SAVE_AS_TEXT],
];

/** What a list is instead of text, and what helps, by its first bytes; `undefined` for all that may be text. */
export function explainNoText(start: Uint8Array): string | undefined {
  const kind = KINDS.find(([bytes]) => bytes.every((byte, index) => start[index] === byte));
  return kind && `it is ${kind[1]} and no text; ${kind[2]}`;
}
