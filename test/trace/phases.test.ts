import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { PHASES, phasesOf } from '../../src/trace/phases.ts';

const between = (start: number, end: number) => ({ start, end });
const all = between(0, 100);

describe('phasesOf', () => {
  it('names each time after the stage that decides', () => {
    const busy = new Map([
      ['prefetch', [between(10, 30)]],
      ['cache_read', [between(30, 32), between(36, 38)]],
      ['fetch', [between(32, 60)]],
      ['score', [between(40, 45), between(55, 70)]],
      ['rank', [between(72, 75)]],
      ['write', [between(75, 90)]],
    ]);
    expect(phasesOf(busy, all)).toEqual([
      { phase: 'start', start: 0, end: 10 },
      { phase: 'prefetch', start: 10, end: 30 },
      { phase: 'score', start: 30, end: 32 },
      { phase: 'fetch', start: 32, end: 60 },
      { phase: 'score', start: 60, end: 72 },
      { phase: 'rank+write', start: 72, end: 100 },
    ]);
  });

  it('is all start where no stage was ever busy', () => {
    expect(phasesOf(new Map(), all)).toEqual([{ phase: 'start', start: 0, end: 100 }]);
  });

  const stage = fc.constantFrom('prefetch', 'fetch', 'score', 'cache_read', 'rank', 'write', 'unheard of');
  const stretches = fc.array(
    fc.tuple(fc.nat(100), fc.nat(100)).map(([a, b]) => between(Math.min(a, b), Math.max(a, b))),
    { size: 'max', maxLength: 30 },
  );

  test.prop([
    fc.uniqueArray(fc.tuple(stage, stretches), { selector: ([name]) => name, maxLength: 7, size: 'max' }),
  ])('covers the time without a gap, and changes from one to the next', (busy) => {
    const phases = phasesOf(new Map(busy), all);
    const cuts = phases.slice(1).map(({ start }) => start);
    expect([phases[0]!.start, ...phases.map(({ end }) => end)]).toEqual([0, ...cuts, 100]);
    expect(phases.filter(({ start, end }) => end <= start)).toEqual([]);
    expect(phases.filter(({ phase }, index) => phase === phases[index - 1]?.phase)).toEqual([]);
    expect(phases.filter(({ phase }) => !PHASES.includes(phase))).toEqual([]);
  });
});
