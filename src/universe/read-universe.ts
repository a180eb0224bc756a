import type { Entry } from '../types.ts';
import { createTokenJudge } from './judge-token.ts';
import { type ReadLinesOptions, readLines } from './lines.ts';
import { ListFormat, type Token } from './list-format.ts';

export interface ReadUniverseOptions extends ReadLinesOptions {
  /** Entries yielded at once, at most. @default 512 */
  readonly batch?: number | undefined;
}

/**
 * Reads a list of symbols, in any form of `list-format.ts`, into entries: one for every occurrence, defects included.
 *
 * Yields when a batch is full and whenever the bytes that came are used up: a slow pipe's symbols are not held back.
 * Order: as read. Failure: that of `chunks`; what the bytes say never fails. Holds: a chunk, an unfinished line, a
 * batch, and the symbols seen (11 to 21 bytes each). Nothing is read before it is asked for.
 */
export async function* readUniverse(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes, batch = 512 }: ReadUniverseOptions = {},
): AsyncGenerator<readonly Entry[], void, undefined> {
  const format = new ListFormat();
  const judge = createTokenJudge();
  for await (const lines of readLines(chunks, { maxLineBytes })) {
    let entries: Entry[] = [];
    for (const { number, text, cut } of lines) {
      const tokens: readonly Token[] = cut ? [{ text, defect: 'line-too-long' }] : format.tokens(text);
      for (const token of tokens) {
        entries.push(judge(token, number));
        if (entries.length < batch) continue;
        yield entries;
        entries = [];
      }
    }
    if (entries.length > 0) yield entries;
  }
}

/**
 * The entries of a list of symbols, each text one symbol: the same rules, for use as a library.
 *
 * An asynchronous list yields each entry as it comes, others in batches; `line` is the place in the list.
 * Order: as listed. Failure: that of `symbols`. Holds: a batch, and the symbols seen.
 */
export async function* entriesOf(
  symbols: Iterable<string> | AsyncIterable<string>,
  { batch = 512 }: Pick<ReadUniverseOptions, 'batch'> = {},
): AsyncGenerator<readonly Entry[], void, undefined> {
  const judge = createTokenJudge();
  let line = 0;
  if (Symbol.asyncIterator in symbols) {
    for await (const symbol of symbols) yield [judge(symbol, ++line)];
    return;
  }
  let entries: Entry[] = [];
  for (const symbol of symbols) {
    entries.push(judge(symbol, ++line));
    if (entries.length < batch) continue;
    yield entries;
    entries = [];
  }
  if (entries.length > 0) yield entries;
}
