/** The keys that a store keeps things under. They hold the name of the data and no secret. */
import { formatSession } from './session.ts';
import type { Session, SymbolId } from './types.ts';

/** The series of a symbol. */
export function seriesKey(dataset: string, symbol: SymbolId): string {
  return `${dataset}|${symbol}`;
}

/** The whole market at a session. No symbol has a bar in its name. */
export function dayKey(dataset: string, session: Session): string {
  return `${dataset}|day|${formatSession(session)}`;
}

/** The splits of all symbols. */
export function splitsKey(dataset: string): string {
  return `${dataset}|splits|`;
}

/** The feature rows of symbols, as they were scored last. */
export function rowsKey(dataset: string): string {
  return `${dataset}|rows|`;
}
