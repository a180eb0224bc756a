import { expect, it } from 'vitest';
import { readLoads } from '../../bench/read-loads.ts';
import { type PhaseLoad, utilisationText } from '../../src/trace/utilisation.ts';

const loads: readonly PhaseLoad[] = [
  {
    ...{ phase: 'rank+write', seconds: 0.1, main: { busy: 1, cpu: 0.5 } },
    ...{ threads: [{ busy: 0.25, cpu: 0.07 }], process: 1.5 },
    helpers: [
      { name: 'cache', cpu: 0.4 },
      { name: 'days', cpu: 0 },
    ],
  },
  {
    ...{ phase: 'all', seconds: 0.35, main: { busy: 0.64, cpu: 0.5 } },
    ...{ threads: [{ busy: 0, cpu: 0 }], process: 1 },
    helpers: [
      { name: 'cache', cpu: 0.3 },
      { name: 'days', cpu: 0.01 },
    ],
  },
];

it('reads what a traced scan says among other lines', () => {
  const text = `{"msg":"Scan ended"}\n${utilisationText(loads)}Trace written:\n  trace/all.cpuprofile\n`;
  expect(readLoads(text)).toEqual(loads);
});

it('reads a scan that had no thread beside', () => {
  const alone = loads.map((load) => ({ ...load, threads: [], helpers: [] }));
  expect(readLoads(utilisationText(alone))).toEqual(alone);
});

it('fails where there are none', () => {
  expect(() => readLoads('Trace written:\n')).toThrow('Expected a table of loads');
});
