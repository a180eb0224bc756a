import type { SymbolInput } from '../sources/symbol-input.ts';

export interface CountedInput {
  /** The same input, counted as it is read. */
  readonly input: SymbolInput;
  /** How many lines the whole of it has, by what was read so far; `undefined` where its length is not known. */
  readonly lines: () => number | undefined;
}

const NEWLINE = 0x0a;

/** Counts the lines of an input while somebody else reads it. Holds: two numbers. */
export function countLines(input: SymbolInput): CountedInput {
  let bytes = 0;
  let newlines = 0;
  const count = async function* () {
    for await (const chunk of input.chunks) {
      bytes += chunk.byteLength;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) newlines++;
      yield chunk;
    }
  };
  return {
    input: { ...input, chunks: count() },
    lines: () => (input.bytes && bytes > 0 ? Math.round((newlines * input.bytes) / bytes) : undefined),
  };
}
