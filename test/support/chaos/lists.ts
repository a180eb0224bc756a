/** Lists of symbols to ask a daemon for, and whether each of their symbols came out of it once. */
import type { Redis } from 'ioredis';

/** A list by the name of its request. */
export type Lists = ReadonlyMap<string, readonly string[]>;

/** What an independent reader found wrong in a stream of rankings; all empty where nothing is. */
export interface Verdict {
  /** Entries of the stream. */
  readonly entries: number;
  /** Symbols of the lists, each occurrence counted. */
  readonly symbols: number;
  readonly ranked: number;
  /** Lists without a closing entry, and those with several. */
  readonly unfinished: readonly string[];
  readonly closedTwice: readonly string[];
  /** `list: symbol` that have no outcome, or more of them than the list has the symbol. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Lists whose closing entry counts otherwise than its rows. */
  readonly miscounted: readonly string[];
}

/** Lists of `size` of the symbols, drawn as `random` says, some with a symbol twice and some with what is no symbol. */
export function drawLists(
  symbols: readonly string[],
  { count, size, random }: { readonly count: number; readonly size: number; readonly random: () => number },
): Lists {
  const draw = () => symbols[Math.floor(random() * symbols.length)]!;
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const list = Array.from({ length: size }, draw);
      if (index % 10 === 3) list.push(list[0]!);
      if (index % 10 === 7) list.push(`?${index}`);
      return [`list-${index}`, list];
    }),
  );
}

const PAGE = 500;

/** Reads a whole stream of rankings, and compares it with the lists that were asked for. */
export async function judge(client: Redis, stream: string, lists: Lists): Promise<Verdict> {
  const found = new Map<
    string,
    { left: Map<string, number>; outcomes: number; closings: number; in: number }
  >();
  for (const [name, list] of lists) {
    const left = new Map<string, number>();
    for (const symbol of list) left.set(symbol, (left.get(symbol) ?? 0) + 1);
    found.set(name, { left, outcomes: 0, closings: 0, in: 0 });
  }
  let entries = 0;
  let ranked = 0;
  const foreign: string[] = [];
  for (let from = '-'; ; ) {
    const page = await client.xrange(stream, from, '+', 'COUNT', PAGE);
    for (const [, fields] of page) {
      entries++;
      const entry = Object.fromEntries(
        Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at]!, fields[2 * at + 1]!]),
      );
      const list = found.get(entry.scan!);
      if (list === undefined) {
        foreign.push(`${entry.scan}: ${entry.symbol ?? entry.type}`);
      } else if (entry.type === 'summary') {
        list.closings++;
        list.in = (JSON.parse(entry.data!) as { in: number }).in;
      } else {
        if (entry.type === 'ranked') ranked++;
        list.outcomes++;
        list.left.set(entry.symbol!, (list.left.get(entry.symbol!) ?? 0) - 1);
      }
    }
    if (page.length < PAGE) break;
    from = `(${page.at(-1)![0]}`;
  }
  const named = (test: (left: number) => boolean) =>
    [...found].flatMap(([name, { left }]) =>
      [...left].filter(([, count]) => test(count)).map(([symbol]) => `${name}: ${symbol}`),
    );
  const listsWith = (test: (list: { outcomes: number; closings: number; in: number }) => boolean) =>
    [...found].filter(([, list]) => test(list)).map(([name]) => name);
  return {
    entries,
    symbols: [...lists.values()].reduce((sum, list) => sum + list.length, 0),
    ranked,
    unfinished: listsWith(({ closings }) => closings === 0),
    closedTwice: listsWith(({ closings }) => closings > 1),
    lost: named((left) => left > 0),
    doubled: [...named((left) => left < 0), ...foreign],
    miscounted: listsWith(({ closings, outcomes, in: counted }) => closings === 1 && outcomes !== counted),
  };
}
