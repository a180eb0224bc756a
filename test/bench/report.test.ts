import { describe, expect, it } from 'vitest';
import { pageOf, type Result, textOfResult } from '../../bench/report.ts';
import type { JudgedTarget, SideResult } from '../../bench/side-results.ts';

function side(name: string, value: number, more: Partial<SideResult> = {}): SideResult {
  return {
    ...{ name, value, least: value, most: value, rounds: 1, times: 1 },
    ...{ cpuMs: undefined, rssMb: undefined, calls: undefined, timesCpu: undefined },
    ...{ floor: undefined, target: undefined },
    ...more,
  };
}

const missed: JudgedTarget = { asked: '≤ 5', measured: '6 ms', isMet: false, why: 'The disk is slow' };
const scenario = { name: 'stage', shows: 'A stage', unit: 'ms' } as const;
const page = (...results: readonly Result[]) => pageOf(results, { suite: 'short', date: '2018-07-17' });

describe('the page', () => {
  it('has all targets at once, and the reason of those that are not met', () => {
    const text = page({
      scenario,
      sides: [
        side('slow', 6, { target: missed }),
        side('fast', 5, { target: { ...missed, measured: '5 ms', isMet: true } }),
        side('small', 4, { target: { ...missed, measured: '4 ms', isMet: undefined } }),
        side('other', 3),
      ],
    });
    expect(text).toContain(
      [
        '| scenario | side | median | target | met | why not |',
        '| --- | --- | --- | --- | --- | --- |',
        '| stage | slow | 6 ms | ≤ 5 | no | The disk is slow |',
        '| stage | fast | 5 ms | ≤ 5 | yes |  |',
        '| stage | small | 4 ms | ≤ 5 | not judged |  |',
        '',
        '',
      ].join('\n'),
    );
    expect(text.indexOf('## Targets')).toBeLessThan(text.indexOf('## stage'));
  });

  it('says how the machine compares with the one of the targets, where that was measured', () => {
    const target = side('slow', 6, { target: missed });
    const start = side('floor: bare Node.js', 70);
    const text = page(
      { scenario, sides: [side('memory summed', 5.5), target] },
      { scenario, sides: [start] },
    );
    expect(text).toContain(
      'bare Node.js in 25 ms and\nsums 72 MB in 2.4 ms; this one takes 70 and 5.5 ms.\n\n| scenario',
    );
    expect(page({ scenario, sides: [target, start] })).not.toContain('this one takes');
  });

  it('has all floors at once, and the distance above each table', () => {
    const floor = { names: ['floor: text', 'floor: file'], value: 2 };
    const text = page({ scenario, sides: [side('lines', 3, { floor }), side('floor: text', 1)] });
    expect(text).toContain('| stage | lines | 3 ms | text + file | 2 ms | 1.50 |\n\n');
    expect(text).toContain('A stage. In ms.\n\nlines: 1.50 × its floor.\n\n|  | median |');
  });

  it('has neither where nothing has a target or a floor', () => {
    const text = page({ scenario, sides: [side('one', 1)] });
    expect(text).not.toMatch(/## Targets|## Stages|its floor\./);
  });

  it('has what else was shown behind the table, and says why a scenario was left out', () => {
    const detail = {
      columns: [{ heading: 'phase', isText: true }, { heading: '%' }],
      rows: [['a|b', '7']],
    } as const;
    const text = page(
      { scenario, sides: [side('one', 1)], detail },
      { scenario: { ...scenario, name: 'absent' }, sides: [], missing: 'no Redis' },
    );
    expect(text).toContain('\n\n| phase | % |\n| --- | ---: |\n| a\\|b | 7 |\n');
    expect(text).toContain('## absent\n\nA stage. In ms.\n\nLeft out: no Redis\n');
  });
});

it('shows the same on a terminal', () => {
  const sides = [side('lines', 3, { floor: { names: ['floor: text'], value: 2 } }), side('floor: text', 2)];
  const detail = {
    columns: [{ heading: 'phase', isText: true }, { heading: '%' }],
    rows: [['fetch', '7']],
  } as const;
  const lines = textOfResult({ scenario, sides, detail }).split('\n');
  expect(lines[0]).toBe('stage: A stage (ms)');
  expect(lines[2]).toMatch(/^ {2}lines +3 +3–3 +1 +1\.00$/);
  expect(lines.slice(4)).toEqual(['  lines: 1.50 × its floor', '', '  phase  %', '  fetch  7', '']);
});
