import type { Signal, SymbolId } from '../../types.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights } from '../../workers/classic.ts';
import { RATING_INPUTS } from '../explain/conditions.ts';
import type { WrittenRow } from '../explain/written-row.ts';
import { compositeReasons, type Rated, type Reason, ratingReasons } from './move-reasons.ts';

export interface RankingDiff {
  /** What the second ranking has and the first has not, by rank there. */
  readonly entered: readonly Placed[];
  /** What the first ranking has and the second has not, by rank there. */
  readonly left: readonly Placed[];
  /** What has another rank, the farthest first, then by symbol. */
  readonly moved: readonly Moved[];
  /** Symbols with the same rank in both. */
  readonly same: number;
}

export interface Placed {
  readonly symbol: SymbolId;
  readonly rank: number;
  readonly rating: number | null;
  readonly signal: Signal;
}

export interface Moved {
  readonly symbol: SymbolId;
  /** Ranks. */
  readonly from: number;
  readonly to: number;
  /** Places up; negative is down. */
  readonly by: number;
  readonly rating: ScoreChange;
  /** Where both rankings have it. */
  readonly composite?: ScoreChange;
}

/** How a score changed, and because of which inputs: their points add up to `to − from`. */
export interface ScoreChange {
  readonly from: number | null;
  readonly to: number | null;
  readonly because: readonly Reason[];
}

export interface DiffRankingsOptions {
  /** The weights that both rankings were made with. @default the classic ones */
  readonly weights?: ClassicWeights;
}

/** What is kept of a row until its counterpart comes. */
type Kept = Rated & Placed;

/**
 * Compares two rankings in which each symbol is once.
 *
 * Order: both may come in any. Failure: that of the rankings. Holds: of each row of `a` what its score is made of until
 * `b` has it, and a result for each symbol but those with the same rank: about 4 KB a symbol in all.
 */
export async function diffRankings(
  a: AsyncIterable<WrittenRow>,
  b: AsyncIterable<WrittenRow>,
  { weights = CLASSIC_WEIGHTS }: DiffRankingsOptions = {},
): Promise<RankingDiff> {
  const before = new Map<SymbolId, Kept>();
  for await (const row of a) before.set(row.symbol, keep(row));
  const entered: Placed[] = [];
  const moved: Moved[] = [];
  let same = 0;
  for await (const row of b) {
    const counterpart = before.get(row.symbol);
    before.delete(row.symbol);
    if (counterpart === undefined) entered.push(place(row));
    else if (counterpart.rank === row.rank) same++;
    else moved.push(move(counterpart, row, weights));
  }
  return {
    entered: entered.sort(byRank),
    left: Array.from(before.values(), place).sort(byRank),
    moved: moved.sort((x, y) => Math.abs(y.by) - Math.abs(x.by) || (x.symbol < y.symbol ? -1 : 1)),
    same,
  };
}

function move(from: Kept, to: WrittenRow, weights: ClassicWeights): Moved {
  return {
    symbol: to.symbol,
    from: from.rank,
    to: to.rank,
    by: from.rank - to.rank,
    rating: { from: from.rating, to: to.rating, because: ratingReasons(from, to, weights) },
    ...(from.composite !== undefined &&
      to.composite !== undefined && {
        composite: { from: from.composite, to: to.composite, because: compositeReasons(from, to) },
      }),
  };
}

function keep(row: WrittenRow): Kept {
  const { trend, momentum, volume, volatility, oscillator, breakout, raw, risk } = row;
  const features = Object.fromEntries(RATING_INPUTS.map((name) => [name, row.features[name] ?? null]));
  const { composite, factors, contributions } = row;
  return {
    ...place(row),
    ...{ trend, momentum, volume, volatility, oscillator, breakout, raw, risk, features },
    ...(composite !== undefined && { composite }),
    ...(factors !== undefined && { factors }),
    ...(contributions !== undefined && { contributions }),
  };
}

function place({ symbol, rank, rating, signal }: Placed): Placed {
  return { symbol, rank, rating, signal };
}

function byRank(a: Placed, b: Placed): number {
  return a.rank - b.rank;
}
