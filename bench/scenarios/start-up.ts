import { rmSync, writeFileSync } from 'node:fs';
import { runTapescan } from './scan-sides.ts';
import type { Scenario } from './scenario.ts';

/** The first symbol of every market. */
const SYMBOL = 'SPY';

/** What a command costs that does nothing, or as little as there is. */
export const startUp: Scenario = {
  name: 'start-up',
  shows: 'What every command costs before it does anything, and a scan of one symbol that is kept',
  suite: 'quick',
  unit: 'ms',
  rounds: 9,
  async prepare(lab, closers) {
    const market = await lab.market(lab.symbols(100));
    const cache = lab.newFolder();
    closers.defer(() => rmSync(cache, { recursive: true, force: true }));
    const universe = `${lab.newFolder()}.txt`;
    writeFileSync(universe, `${SYMBOL}\n`);
    const scan = () => runTapescan(lab, market, { cache, universe });
    await scan();
    const floor = ['floor: bare Node.js'];
    return {
      sides: {
        'tapescan version': {
          run: () => lab.tapescan(['version']),
          target: { most: 40, why: 'the floor is most of it' },
          floor,
        },
        'tapescan help': { run: () => lab.tapescan(['help']), floor },
        'tapescan scan of one symbol': { run: scan, floor },
        'floor: bare Node.js': { run: () => lab.bareNode(), isCounterpart: true },
      },
    };
  },
};
