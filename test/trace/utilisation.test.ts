import { describe, expect, it } from 'vitest';
import { LoadCurve } from '../../src/trace/load-curve.ts';
import { loadByPhase, utilisationText } from '../../src/trace/utilisation.ts';

function curve(...readings: readonly (readonly [at: number, sum: number])[]): LoadCurve {
  const made = new LoadCurve();
  for (const [at, sum] of readings) made.read(at, sum);
  return made;
}

const phases = [
  { phase: 'start', start: 0, end: 100 },
  { phase: 'fetch', start: 100, end: 200 },
  { phase: 'score', start: 200, end: 250 },
  { phase: 'fetch', start: 250, end: 350 },
] as const;
const curves = {
  main: { busy: curve([0, 0], [100, 100], [350, 225]), cpu: curve([0, 0], [350, 175]) },
  threads: [{ busy: curve([200, 0], [250, 50]), cpu: curve([200, 0], [250, 10]) }],
  helpers: [{ name: 'days', cpu: curve([100, 0], [200, 50]) }],
  process: curve([0, 0], [350, 350]),
};

describe('the load of phases', () => {
  it('is taken of all stretches of a phase, and of all phases', () => {
    expect(loadByPhase(phases, curves)).toEqual([
      {
        phase: 'start',
        seconds: 0.1,
        main: { busy: 1, cpu: 0.5 },
        threads: [{ busy: 0, cpu: 0 }],
        helpers: [{ name: 'days', cpu: 0 }],
        process: 1,
      },
      {
        phase: 'fetch',
        seconds: 0.2,
        main: { busy: 0.5, cpu: 0.5 },
        threads: [{ busy: 0, cpu: 0 }],
        helpers: [{ name: 'days', cpu: 0.25 }],
        process: 1,
      },
      {
        phase: 'score',
        seconds: 0.05,
        main: { busy: 0.5, cpu: 0.5 },
        threads: [{ busy: 1, cpu: 0.2 }],
        helpers: [{ name: 'days', cpu: 0 }],
        process: 1,
      },
      {
        ...{ phase: 'all', seconds: 0.35, main: { busy: 225 / 350, cpu: 0.5 } },
        ...{ threads: [{ busy: 50 / 350, cpu: 10 / 350 }], process: 1 },
        helpers: [{ name: 'days', cpu: 50 / 350 }],
      },
    ]);
  });

  it('is a table for people', () => {
    expect(utilisationText(loadByPhase(phases, curves))).toBe(
      [
        'phase  seconds  main busy  cpu  worker 1 busy  cpu  days cpu  process cpu',
        'start    0.100       100%  50%             0%   0%        0%         100%',
        'fetch    0.200        50%  50%             0%   0%       25%         100%',
        'score    0.050        50%  50%           100%  20%        0%         100%',
        'all      0.350        64%  50%            14%   3%       14%         100%',
        '',
      ].join('\n'),
    );
  });
});
