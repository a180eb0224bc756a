import { describe, expect, it } from 'vitest';
import type { Sample, Side } from '../../bench/scenarios/scenario.ts';
import { sideResults } from '../../bench/side-results.ts';

interface Given extends Omit<Side, 'run'> {
  readonly samples: readonly Sample[];
}

function resultsOf(
  given: Readonly<Record<string, Given>>,
  { unit = 'ms', judged = true }: { unit?: 'ms' | 'µs a symbol'; judged?: boolean } = {},
) {
  const entries = Object.entries(given);
  const run = () => Promise.reject(new Error('It ran already'));
  const sides = Object.fromEntries(
    entries.map(([name, { samples: _, ...side }]) => [name, { ...side, run }]),
  );
  return sideResults(
    { unit },
    { sides },
    new Map(entries.map(([name, { samples }]) => [name, samples])),
    judged,
  );
}

const ms = (...values: readonly number[]): Sample[] => values.map((value) => ({ value }));

describe('the results of sides', () => {
  it('are medians, and multiples of the first side', () => {
    const [first, second] = resultsOf({
      ours: { samples: [3, 1, 2].map((value) => ({ value, cpuMs: 10 * value, rssMb: 50, calls: 0 })) },
      theirs: { samples: [{ value: 8, cpuMs: 10 }], isCounterpart: true },
    });
    expect(first).toMatchObject({ value: 2, least: 1, most: 3, rounds: 3, cpuMs: 20, rssMb: 50, calls: 0 });
    expect(second).toMatchObject({ times: 4, timesCpu: 0.5, rssMb: undefined, target: undefined });
  });

  it('do not compare the CPU of sides that do not do the same amount of work', () => {
    const [only] = resultsOf({ ours: { samples: [{ value: 1, cpuMs: 2 }] } }, { unit: 'µs a symbol' });
    expect(only!.timesCpu).toBeUndefined();
  });

  it('have all that a side cannot do without as its floor', () => {
    const [stage] = resultsOf({
      stage: { samples: ms(12), floor: ['floor: text', 'floor: file'] },
      'floor: text': { samples: ms(3, 3, 9), isCounterpart: true },
      'floor: file': { samples: ms(1), isCounterpart: true },
    });
    expect(stage!.floor).toEqual({ names: ['floor: text', 'floor: file'], value: 4 });
    expect(() => resultsOf({ stage: { samples: ms(1), floor: ['floor: none'] } })).toThrow(
      'There is no side floor: none',
    );
  });

  it('say what a target asks, and what it is judged by', () => {
    const target = { most: 10, rssMb: 100, calls: 0 };
    const samples = [{ value: 9.994, rssMb: 99, calls: 0 }];
    expect(resultsOf({ ours: { samples, target } })[0]!.target).toEqual({
      ...{ asked: '≤ 10, ≤ 100 MB, ≤ 0 calls', measured: '9.99 ms, 99 MB, 0 calls' },
      ...{ isMet: true, why: undefined },
    });
    expect(resultsOf({ ours: { samples, target } }, { judged: false })[0]!.target!.isMet).toBeUndefined();
  });

  it.each([
    ['the time', { most: 9 }],
    ['the memory', { rssMb: 98 }],
    ['the calls', { calls: 1 }],
    ['the best counterpart', { times: 3 }],
    ['the first side', { ofFirst: 0.9 }],
  ])('miss a target by %s alone', (_, target) => {
    const [, ours] = resultsOf({
      first: { samples: ms(10) },
      ours: { samples: [{ value: 10, rssMb: 99, calls: 2 }], target },
      good: { samples: ms(25), isCounterpart: true },
      bad: { samples: ms(99), isCounterpart: true },
    });
    expect(ours!.target!.isMet).toBe(false);
  });

  it('meet no bound on what was not measured', () => {
    expect(resultsOf({ ours: { samples: ms(1), target: { calls: 0 } } })[0]!.target).toMatchObject({
      measured: '1 ms',
      isMet: false,
    });
  });
});
