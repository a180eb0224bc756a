import type { BlockHeader } from '../block.ts';
import type { BlockStore } from '../cache/block-store.ts';
import { standingOf } from '../standing.ts';
import { dayKey, seriesKey } from '../store-keys.ts';
import type { History, Session, SymbolId } from '../types.ts';
import type { Demand } from './plan-fetch.ts';

/** A symbol that is kept up to a session. */
export interface BehindSymbol {
  readonly symbol: SymbolId;
  readonly last: Session;
}

/** What is kept of some symbols, and what is not. */
export interface Survey {
  /** Of those that are kept as asked for, what the store says of them. */
  readonly answered: ReadonlyMap<SymbolId, BlockHeader>;
  readonly absent: readonly SymbolId[];
  readonly behind: readonly BehindSymbol[];
  /** Those without any bar when they were last asked for, and believed to have none still: among the answered. */
  readonly silent: readonly BehindSymbol[];
  readonly demand: Demand;
}

export interface SurveyOptions {
  readonly store: BlockStore;
  readonly dataset: string;
  readonly history: History;
  /** The sessions of the history, ascending. */
  readonly sessions: readonly Session[];
  /** Sessions for which a symbol without any bar is believed to have none still. */
  readonly noDataSessions: number;
}

/** Asks a store what it has of some symbols, by headers alone. Failure: a store that fails is an empty one. */
export async function survey(
  symbols: readonly SymbolId[],
  { store, dataset, history, sessions, noDataSessions }: SurveyOptions,
): Promise<Survey> {
  const headers = await coverage(
    store,
    symbols.map((symbol) => seriesKey(dataset, symbol)),
  );
  const absent: SymbolId[] = [];
  const behind: BehindSymbol[] = [];
  const silent: BehindSymbol[] = [];
  const answered = new Map<SymbolId, BlockHeader>();
  const gaps = new Map<Session, number>();
  const first = sessions[0]!;
  for (const [index, symbol] of symbols.entries()) {
    const header = headers[index];
    const standing = standingOf(header, history, noDataSessions);
    if (standing === 'answered') answered.set(symbol, header!);
    if (standing === 'absent') absent.push(symbol);
    else if (header!.count === 0 && header!.to < history.to) silent.push({ symbol, last: header!.to });
    else if (standing === 'behind') {
      const last = header!.to;
      if (last < first) absent.push(symbol);
      else {
        behind.push({ symbol, last });
        gaps.set(last, (gaps.get(last) ?? 0) + 1);
      }
    }
  }
  const landed = new Set<Session>();
  if (absent.length > 0 || behind.length > 0) {
    const days = await coverage(
      store,
      sessions.map((session) => dayKey(dataset, session)),
    );
    for (const [index, session] of sessions.entries()) {
      if (days[index]?.kind === 'market-day') landed.add(session);
    }
  }
  return {
    answered,
    absent,
    behind,
    silent,
    demand: { sessions, absent: absent.length, behind: gaps, landed },
  };
}

async function coverage(store: BlockStore, keys: readonly string[]): ReturnType<BlockStore['coverage']> {
  try {
    return await store.coverage(keys);
  } catch {
    return keys.map(() => undefined);
  }
}
