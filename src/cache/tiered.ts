import { type BlockHeader, readBlockHeader } from '../block.ts';
import type { StoreEntry } from '../types.ts';
import type { BlockStore } from './block-store.ts';

export interface TierOptions {
  /**
   * Whether an entry is good enough not to ask a slower tier for a later one: a store that other machines write to may
   * have what this one's own has not yet. @default any entry is
   */
  readonly suffices?: (header: BlockHeader) => boolean;
  /** Told the first time that a tier fails to read, and the first time that it fails to write. */
  readonly onTrouble?: (error: unknown, doing: 'read' | 'write') => void;
}

/**
 * Stores from fast to slow as one: a read asks the next tier only for what the earlier ones lack, and brings it up;
 * a write goes to all at once.
 *
 * Failure: a tier that fails is an empty one and is reported; where every tier that was asked fails, so does the call.
 * Holds: nothing of its own.
 */
export function tier(
  stores: readonly [BlockStore, ...BlockStore[]],
  { suffices = () => true, onTrouble = () => {} }: TierOptions = {},
): BlockStore {
  const reported = new Set<string>();
  const report = (store: BlockStore, error: unknown, doing: 'read' | 'write') => {
    const trouble = `${stores.indexOf(store)} ${doing}`;
    if (reported.has(trouble)) return;
    reported.add(trouble);
    onTrouble(error, doing);
  };

  /** Asks tier by tier, and keeps for each key the answer that reaches furthest. */
  async function ask<T>(
    keys: readonly string[],
    question: (store: BlockStore, keys: readonly string[]) => Promise<readonly (T | undefined)[]>,
    headerOf: (answer: T) => BlockHeader | undefined,
    bringUp: (found: readonly Found<T>[], faster: readonly BlockStore[]) => Promise<void>,
  ): Promise<readonly (T | undefined)[]> {
    const found = new Array<T | undefined>(keys.length).fill(undefined);
    const reach = new Float64Array(keys.length).fill(Number.NEGATIVE_INFINITY);
    let lacking = Array.from(keys.keys());
    let failure: { readonly error: unknown } | undefined;
    let hasAnswer = false;
    for (const [level, store] of stores.entries()) {
      if (lacking.length === 0) break;
      let answers: readonly (T | undefined)[];
      try {
        answers = await question(
          store,
          lacking.map((index) => keys[index]!),
        );
        hasAnswer = true;
      } catch (error) {
        failure ??= { error };
        report(store, error, 'read');
        continue;
      }
      const later: Found<T>[] = [];
      lacking = lacking.filter((index, position) => {
        const answer = answers[position];
        if (answer === undefined) return true;
        const header = headerOf(answer);
        const to = header?.to ?? Number.MIN_SAFE_INTEGER;
        if (to > reach[index]!) {
          reach[index] = to;
          found[index] = answer;
          later.push({ key: keys[index]!, answer });
        }
        return header !== undefined && !suffices(header);
      });
      if (later.length > 0 && level > 0) await bringUp(later, stores.slice(0, level));
    }
    if (failure !== undefined && !hasAnswer) throw failure.error;
    return found;
  }

  /** To all of them, the slowest first: it waits for its answer while the others work. */
  async function writeAll(targets: readonly BlockStore[], entries: readonly StoreEntry[]): Promise<void> {
    const slowestFirst = targets.toReversed();
    const results = await Promise.allSettled(slowestFirst.map(async (store) => store.write(entries)));
    const failures = results.flatMap((result, index) =>
      result.status === 'rejected' ? [{ store: slowestFirst[index]!, error: result.reason as unknown }] : [],
    );
    for (const { store, error } of failures) report(store, error, 'write');
    if (failures.length === targets.length) throw failures[0]!.error;
  }

  return {
    name: stores.map(({ name }) => name).join(' + '),
    get damaged() {
      return stores.reduce((sum, store) => sum + store.damaged, 0);
    },
    read(keys) {
      return ask(
        keys,
        (store, lacking) => store.read(lacking),
        readBlockHeader,
        async (found, faster) => {
          const entries = found.map(({ key, answer }) => ({ key, series: answer }));
          // Reported there already: what was found is found.
          await writeAll(faster, entries).catch(() => {});
        },
      );
    },
    coverage(keys) {
      return ask(
        keys,
        (store, lacking) => store.coverage(lacking),
        (header) => header,
        async () => {},
      );
    },
    write(entries) {
      return writeAll(stores, entries);
    },
    async close() {
      const results = await Promise.allSettled(stores.map(async (store) => store.close()));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

interface Found<T> {
  readonly key: string;
  readonly answer: T;
}
