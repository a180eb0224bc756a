import { createHash, type Hash } from 'node:crypto';
import type { Session, SymbolId } from '../../types.ts';

/** What a ranking is of, and how it was chosen: rankings of one subject can be compared. */
export interface RankingSubject {
  /** The list that was asked for by name: a file, or one that the provider has. */
  readonly universe?: string | undefined;
  /** Symbols, or the digest of a list that was read (`digestList`). */
  readonly list?: readonly SymbolId[] | string | undefined;
  readonly where?: string | undefined;
  readonly screen?: readonly string[] | undefined;
  /** What the screens of one's own mean. */
  readonly define?: readonly (readonly [name: string, expression: string])[] | undefined;
  readonly top?: number | undefined;
  readonly rankBy?: string | undefined;
  /** Where it was asked for, rather than the newest session. */
  readonly asOf?: Session | undefined;
}

/** The same text for the same subject, a name for a file: 32 hex digits. The order of symbols and of screens does not count. */
export function subjectKey({
  universe,
  list,
  where,
  screen = [],
  define = [],
  top,
  rankBy,
  asOf,
}: RankingSubject): string {
  const symbols = typeof list === 'object' ? { symbols: sorted(list) } : { digest: list };
  const own = Object.fromEntries([...define].sort(([a], [b]) => (a < b ? -1 : 1)));
  const subject = [universe, symbols, where?.trim(), sorted(screen), own, top, rankBy, asOf];
  return shortDigest(createHash('sha256').update(JSON.stringify(subject)));
}

/** A list as it is read, and the digest of its bytes once it was read to its end; `undefined` before. Holds: nothing of it. */
export function digestList(chunks: AsyncIterable<Uint8Array>): {
  readonly list: AsyncIterable<Uint8Array>;
  readonly digest: () => string | undefined;
} {
  let digest: string | undefined;
  return {
    list: {
      async *[Symbol.asyncIterator]() {
        const hash = createHash('sha256');
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
        digest = shortDigest(hash);
      },
    },
    digest: () => digest,
  };
}

function shortDigest(hash: Hash): string {
  return hash.digest('hex').slice(0, 32);
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
