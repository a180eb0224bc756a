import { expect, it } from 'vitest';
import { Random } from '../../src/simulator/random.ts';
import { runChaos } from '../support/chaos/run-chaos.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LIMIT_MS = 110_000;

describeWithRedis('a daemon while everything around it fails', () => {
  it(
    'publishes every symbol of every list once, also where it is killed itself',
    async () => {
      const random = new Random(7, 'chaos');
      const { faults, kills, ...report } = await runChaos({
        ...{ lists: 80, size: 8, faultEveryMs: 1500, kills: 3, killEveryMs: 2000 },
        providerFaults: ['500=0.01', 'reset=0.01', 'truncate=0.01', 'html=0.01'],
        limitMs: LIMIT_MS - 10_000,
        folder: temporaryFolder(),
        random: () => random.uniform(),
      });
      expect(kills).toBe(3);
      expect(Object.values(faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
      expect(report).toMatchObject({
        // Every tenth list has a symbol twice, every tenth one what is no symbol.
        symbols: 80 * 8 + 8 + 8,
        lists: 80,
        ...{ lost: [], doubled: [], miscounted: [], unfinished: [], closedTwice: [], deadLetters: 0 },
      });
    },
    LIMIT_MS,
  );
});
