import { formatSession } from '../../session.ts';
import type { Session, SymbolId } from '../../types.ts';

/** What a value is compared with: the same without the bars behind it, the row of that session, the same bar by bar. */
export type Comparison = 'history' | 'row' | 'stream';

/** A value that is not what it was, or would have been, at its session. */
export interface MovedValue {
  readonly comparison: Comparison;
  /** `indicator.output`, or a column of the feature row. */
  readonly name: string;
  readonly symbol: SymbolId;
  /** The session that the value is of, and the last one that was known where it is different: ISO dates. */
  readonly session: string;
  readonly known: string;
  /** Without and with the bars that came later. `null` where there is no value. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Everything that moved under one name: how often, and the first that was seen. */
export interface Moved extends MovedValue {
  readonly count: number;
}

export interface Place {
  readonly comparison: Comparison;
  readonly name: string;
  readonly symbol: SymbolId;
  readonly session: Session;
  readonly known: Session;
}

/** Compares values bit for bit. Holds: the first value that moved of each name, and counts. */
export class MovedValues {
  /** Pairs of values that were compared. */
  compared = 0;
  readonly #moved = new Map<string, { count: number; readonly first: MovedValue }>();

  /** Takes a pair that differs; `before` is without later bars. */
  add({ comparison, name, symbol, session, known }: Place, before: number, after: number): void {
    const key = `${comparison} ${name}`;
    const earlier = this.#moved.get(key);
    if (earlier !== undefined) {
      earlier.count++;
      return;
    }
    const first = {
      comparison,
      name,
      symbol,
      session: formatSession(session),
      known: formatSession(known),
      before: Number.isFinite(before) ? before : null,
      after: Number.isFinite(after) ? after : null,
    };
    this.#moved.set(key, { count: 1, first });
  }

  /** In the order they were found. */
  list(): readonly Moved[] {
    return Array.from(this.#moved.values(), ({ count, first }) => ({ ...first, count }));
  }
}
