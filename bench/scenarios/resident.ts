import { figureSides } from './figure-sides.ts';
import type { Scenario } from './scenario.ts';

const WRITING = 'the text of all rows and its way to the disk are most of it (stage-write)';

/** The engine of a daemon: bars, rows and compiled code are in memory. */
export const resident: Scenario = {
  name: 'resident-6000',
  shows: '6,000 symbols in the engine of a daemon, from the tick to the file that was replaced',
  suite: 'short',
  unit: 'ms',
  async prepare(lab) {
    return figureSides(lab, 'resident.ts', ['--symbols', `${lab.symbols(6000)}`], {
      'scanned again': { figure: 'again', target: { most: 60, why: WRITING } },
      'scanned again, its CPU': { figure: 'again, CPU' },
      'live: every bar of today is another one, from one call': {
        figure: 'live',
        target: { most: 60, why: WRITING },
      },
      'live, its CPU': { figure: 'live, CPU' },
    });
  },
};
