import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { FLAG_OLDER_EXIST, viewSeries } from '../../src/series.ts';
import { BarColumns } from '../../src/sources/bar-columns.ts';
import { rowsOf } from '../support/source-suite.ts';

const FROM = 10;
const TO = 90;

describe('bar columns', () => {
  test.prop([
    fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 1000 })), {
      maxLength: 800,
      size: 'max',
    }),
    fc.integer({ min: 1, max: 100 }),
    fc.boolean(),
  ])('are the newest bars of the history, the last one of each session', (bars, most, sorted) => {
    if (sorted) bars.sort(([a], [b]) => a - b);
    const columns = new BarColumns({ from: FROM, to: TO, bars: most });
    for (const [session, close] of bars) columns.add(session, close, close, close, close, session);

    const last = new Map(bars.filter(([session]) => session <= TO));
    const all = [...last].sort(([a], [b]) => a - b);
    const expected = all.filter(([session]) => session >= FROM).slice(-most);
    const bytes = columns.encode(0);
    expect(rowsOf(bytes).map(({ session, close }) => [session, close])).toEqual(expected);
    expect(viewSeries(bytes).flags).toBe(all.length > expected.length ? FLAG_OLDER_EXIST : 0);
    expect(columns.byteLength).toBeLessThanOrEqual(48 * Math.max(64, 2 * most));
  });

  it('count what gave way to a later bar, once', () => {
    const columns = new BarColumns({ from: FROM, to: TO, bars: 5 });
    for (const session of [11, 12, 12, 11, 11, 13]) columns.add(session, 1, 1, 1, 1, 1);
    expect([columns.tidy(), columns.tidy()]).toEqual([3, 3]);
  });

  it('know of older bars that they have let go, though none is left over', () => {
    const columns = new BarColumns({ from: FROM, to: TO, bars: 40 });
    // What fills the room is cut to the newest 40, and the last bar is one of them.
    for (let session = 11; session <= TO; session++) columns.add(session, 1, 1, 1, 1, 1);
    columns.add(TO, 2, 2, 2, 2, 2);
    expect(viewSeries(columns.encode(0))).toMatchObject({ bars: 40, flags: FLAG_OLDER_EXIST });
  });

  it('keep their flags and the history that was asked for', () => {
    const columns = new BarColumns({ from: FROM, to: TO, bars: 5 });
    columns.add(20, 1, 2, 3, 4, 5);
    expect(viewSeries(columns.encode(2, { from: 15, to: TO, bars: 1 }))).toMatchObject({
      from: 15,
      to: TO,
      flags: 2,
      bars: 1,
    });
    expect(viewSeries(columns.encode(0, { from: 21, to: TO, bars: 1 }))).toMatchObject({
      bars: 0,
      flags: FLAG_OLDER_EXIST,
    });
  });
});
