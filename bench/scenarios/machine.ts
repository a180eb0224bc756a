import { figureSides } from './figure-sides.ts';
import type { Scenario } from './scenario.ts';

/** What the other numbers of a page depend on. */
export const machine: Scenario = {
  name: 'machine',
  shows:
    'What this machine takes, whatever the program, for 72 MB and for ten million divisions that wait for each other',
  suite: 'quick',
  unit: 'ms',
  prepare: (lab) =>
    figureSides(lab, 'machine.ts', [], {
      'memory touched first, in small pages': { figure: 'first touch' },
      'memory summed': { figure: 'sum' },
      divisions: { figure: 'divisions' },
    }),
};
