import type { Scenario } from './scenario.ts';

/** What a command costs that does nothing. */
export const startUp: Scenario = {
  name: 'start-up',
  shows: 'What every command costs before it does anything',
  suite: 'quick',
  unit: 'ms',
  rounds: 9,
  async prepare(lab) {
    return {
      sides: {
        'tapescan version': { run: () => lab.tapescan(['version']), target: { most: 40 } },
        'tapescan help': { run: () => lab.tapescan(['help']) },
        'bare Node.js': { run: () => lab.bareNode(), isCounterpart: true },
      },
    };
  },
};
