import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Ranking } from '../types.ts';
import { compareRankings, onlyChanged } from './changes/compare-rankings.ts';
import { createLastRankings } from './changes/last-rankings.ts';
import { stateOf, withFailed } from './changes/ranking-state.ts';

export interface ChangesOptions {
  /** Where the last rankings are kept over a restart, in its folder `last`. @default in memory */
  readonly dir?: string | undefined;
  /** Places from which a row has moved. A symbol that enters at the top moves all others by one. @default 1 */
  readonly leastMove?: number;
  /** Whether only what changed is to be published. @default false */
  readonly onlyChanges?: boolean;
  /** Told why the last ranking cannot be read or kept; it costs a comparison, and no ranking. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface Changes {
  /** Compares a ranking with the last one of its subject (`subjectKey`). Failure: that of its rows. */
  compare(ranking: Ranking, key: string): Promise<ComparedRanking>;
}

export interface ComparedRanking {
  /** What to publish. */
  readonly published: Ranking;
  /** All of the ranking, whatever is published of it. */
  readonly whole: Ranking;
  /** Makes it the last one of its subject, once it was published. */
  remember(): Promise<void>;
}

/**
 * Says of rankings what entered, left and moved since the last one of the same subject. The first one stays as it is, and so does
 * one that was cut off: what is not in it is not known to have left, and the next one is compared with the one before. So is a
 * symbol that failed.
 *
 * Failure: `ConfigError` at creation. Holds: the state of the last ranking, and of one while it is compared: four values a row
 * each; what `createLastRankings` holds.
 */
export function createChanges({
  dir,
  leastMove = 1,
  onlyChanges = false,
  onTrouble = () => {},
}: ChangesOptions = {}): Changes {
  if (!Number.isSafeInteger(leastMove) || leastMove < 1)
    throw new ConfigError([`Expected \`leastMove\` to be an integer from 1, got \`${leastMove}\``]);
  const told = (error: unknown): undefined => {
    onTrouble(error);
  };
  const last = createLastRankings(dir === undefined ? undefined : join(dir, 'last'));

  return {
    async compare(ranking, key) {
      if (ranking.summary.stopped !== null)
        return { published: ranking, whole: ranking, remember: async () => {} };
      const previous = await last.read(key).catch(told);
      const state = stateOf(ranking);
      const whole = previous === undefined ? ranking : compareRankings(ranking, state, previous, leastMove);
      const { failed } = ranking;
      const kept = previous && failed ? withFailed(state, previous, failed) : state;
      const { changes } = whole.summary;
      return {
        published: onlyChanges && changes !== undefined ? onlyChanged(whole, changes) : whole,
        whole,
        remember: () => last.write(key, kept).catch(told),
      };
    },
  };
}
