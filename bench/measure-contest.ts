import type { Contest, Sample, Scenario } from './scenarios/scenario.ts';

export interface RoundLimits {
  /** Rounds, at most. */
  readonly rounds: number;
  /** Rounds, at least, within the longest time. */
  readonly least: number;
  /** Milliseconds that further rounds may take in all, and that those at least may. */
  readonly budgetMs: number;
  readonly longestMs: number;
}

/** A scenario of short runs may ask for more rounds than the suite has: so many times. */
const MORE_ROUNDS = 3;

/** What each side did, round by round. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/**
 * Runs the sides of a contest in turn, forwards and backwards: whoever comes first finds another machine.
 *
 * Failure: that of a side, or of the contest's own check. There is one round at least.
 */
export async function measureContest(
  { rounds: most, warmUp = true }: Pick<Scenario, 'rounds' | 'warmUp'>,
  { sides, rounds: measured, check }: Contest,
  limits: RoundLimits,
): Promise<Samples> {
  const entries = Object.entries(sides);
  const samples = new Map(entries.map(([name]) => [name, [] as Sample[]]));
  if (warmUp && measured === undefined) {
    for (const [, side] of entries) if (!side.isCounterpart) await side.run(0);
  }
  const rounds = measured ?? Math.min(most ?? limits.rounds, limits.rounds * MORE_ROUNDS);
  const started = performance.now();
  for (let round = 0; round < rounds; round++) {
    // As long as the rounds so far: what would be over the time is not begun.
    const expectedMs = ((performance.now() - started) / Math.max(1, round)) * (round + 1);
    const boundMs = round < limits.least ? limits.longestMs : limits.budgetMs;
    if (measured === undefined && round > 0 && expectedMs > boundMs) break;
    for (const [name, side] of round % 2 === 0 ? entries : entries.toReversed()) {
      samples.get(name)!.push(await side.run(round));
    }
  }
  check?.();
  return samples;
}
