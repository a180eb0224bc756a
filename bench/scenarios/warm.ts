import { rmSync } from 'node:fs';
import { startRedis } from '../../test/support/redis-server.ts';
import { expectSameNumbers, runStraightforward, runTapescan } from './scan-sides.ts';
import { NotHereError, type Scenario, type Suite, type Target } from './scenario.ts';

/** Everything is kept already: no bar is fetched. */
export const warmScans: readonly Scenario[] = [
  warmScan({
    symbols: 100,
    suite: 'short',
    target: { most: 150, calls: 0, why: 'nearly all of it is starting, as of a scan of one symbol' },
  }),
  warmScan({
    symbols: 6000,
    suite: 'quick',
    target: {
      most: 200,
      rssMb: 120,
      calls: 0,
      why: 'starting takes 100 ms, and the text of all rows as long: both have their floors above; with `--top 50` it takes two thirds',
    },
  }),
  {
    name: 'warm-6000-redis',
    shows: '6,000 symbols, kept in Redis by another machine',
    suite: 'short',
    unit: 'ms',
    async prepare(lab, closers) {
      const redis = await startRedis().catch((error: Error) => {
        throw new NotHereError(error.message);
      });
      closers.defer(() => redis.stop());
      const market = await lab.market(lab.symbols(6000));
      // A fresh disk each time: everything comes from Redis.
      const env = { TAPESCAN_CACHE_REDIS: redis.url };
      await runTapescan(lab, market, { env });
      const theirs = lab.newFolder();
      await runStraightforward(lab, market, { cache: theirs });
      return {
        sides: {
          'tapescan, its own disk empty': {
            run: () => runTapescan(lab, market, { env }),
            target: {
              most: 300,
              calls: 1,
              why: 'as from disk, and the client of Redis is loaded and asks for 6,000 headers',
            },
          },
          'straightforward scan, from its own disk': {
            run: () => runStraightforward(lab, market, { cache: theirs }),
            isCounterpart: true,
          },
        },
      };
    },
  },
];

function warmScan({
  symbols,
  suite,
  target,
}: {
  readonly symbols: number;
  readonly suite: Suite;
  readonly target: Target;
}): Scenario {
  return {
    name: `warm-${symbols}`,
    shows: `${symbols.toLocaleString('en')} symbols, all of them kept on disk`,
    suite,
    unit: 'ms',
    async prepare(lab, closers) {
      const market = await lab.market(lab.symbols(symbols));
      const [ours, anew, theirs] = [lab.newFolder(), lab.newFolder(), lab.newFolder()];
      closers.defer(() => {
        for (const folder of [ours, anew, theirs]) rmSync(folder, { recursive: true, force: true });
      });
      let weighed = 0;
      for (const cache of [ours, anew]) await runTapescan(lab, market, { cache });
      await runStraightforward(lab, market, { cache: theirs });
      return {
        sides: {
          tapescan: { run: () => runTapescan(lab, market, { cache: ours }), target },
          // Other weights each time: no row that is kept is of use.
          'tapescan, every bar read and scored': {
            run: () =>
              runTapescan(lab, market, { cache: anew, args: ['--weight', `trend=${3 + ++weighed / 1e9}`] }),
          },
          'straightforward scan': {
            run: () => runStraightforward(lab, market, { cache: theirs }),
            isCounterpart: true,
          },
        },
        check: () => expectSameNumbers(lab),
      };
    },
  };
}
