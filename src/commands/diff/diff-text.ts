import { fixed, shown, signed } from '../explain/number-text.ts';
import type { Moved, Placed, RankingDiff, ScoreChange } from './diff-rankings.ts';
import type { FeatureChange, Reason } from './move-reasons.ts';

export interface DiffTextOptions {
  /** Symbols of each kind, at most. */
  readonly limit: number;
}

/** The difference of two rankings for people: counts, then what entered, left and moved, the farthest first. */
export function* diffText(
  { entered, left, moved, same }: RankingDiff,
  { limit }: DiffTextOptions,
): Generator<string> {
  yield `${entered.length} entered, ${left.length} left, ${moved.length} moved, ${same} in the same place\n`;
  yield* section('entered', entered, limit, placedLines);
  yield* section('left', left, limit, placedLines);
  yield* section('moved', moved, limit, movedLines);
}

/** The same for programs: one JSON document, a symbol a line. */
export function* diffJson({ entered, left, moved, same }: RankingDiff): Generator<string> {
  yield `{"type":"diff","same":${same}`;
  for (const [name, list] of Object.entries({ entered, left, moved })) {
    yield `,"${name}":[`;
    let separator = '\n';
    for (const item of list) {
      yield separator + JSON.stringify(item);
      separator = ',\n';
    }
    yield list.length === 0 ? ']' : '\n]';
  }
  yield '}\n';
}

function* section<T>(
  title: string,
  list: readonly T[],
  limit: number,
  lines: (item: T) => Iterable<string>,
): Generator<string> {
  if (list.length === 0) return;
  yield `\n${title}\n`;
  for (const item of list.slice(0, limit)) {
    for (const line of lines(item)) yield `${line}\n`;
  }
  if (list.length > limit) yield `  … and ${list.length - limit} more\n`;
}

function* placedLines({ symbol, rank, rating, signal }: Placed): Generator<string> {
  yield `  ${symbol.padEnd(12)} rank ${String(rank).padStart(6)}   rating ${fixed(rating).padStart(7)}   ${signal}`;
}

function* movedLines({ symbol, from, to, by, rating, composite }: Moved): Generator<string> {
  const places = `${by > 0 ? '▲' : '▼'} ${Math.abs(by)}`;
  yield `  ${symbol.padEnd(12)} rank ${`${from} → ${to}`.padEnd(17)} ${places.padEnd(9)} ${scoreText('rating', rating)}`;
  for (const reason of rating.because) yield* reasonLines(reason);
  if (composite !== undefined) {
    yield `    ${scoreText('composite', composite)}`;
    for (const reason of composite.because) yield* reasonLines(reason);
  }
  if (rating.because.length === 0 && !composite?.because.length)
    yield '      its scores are the same: others moved';
}

function scoreText(name: string, { from, to }: ScoreChange): string {
  const by = from === null || to === null ? '' : ` (${signed(fixed(to - from))})`;
  return `${name} ${fixed(from)} → ${fixed(to)}${by}`;
}

function* reasonLines({ input, from, to, points, features }: Reason): Generator<string> {
  const share = points === null ? '' : signed(fixed(points));
  yield `    ${share.padStart(7)}  ${input} ${shown(from)} → ${shown(to)}`;
  for (const change of features) yield `             ${featureText(change, input)}`;
}

function featureText({ inputs, change }: FeatureChange, subscore: string): string {
  const values = inputs.map(({ name, from, to }) => `${name} ${shown(from)} → ${shown(to)}`).join(', ');
  return change === null ? values : `${values}: ${subscore} ${signed(shown(change))}`;
}
