import { describe, expect, it } from 'vitest';
import { readBlockHeader } from '../src/block.ts';
import {
  layOutSeries,
  readSeriesHeader,
  seriesByteLength,
  stampSessions,
  viewSeries,
} from '../src/series.ts';
import { seriesOf } from './support/series.ts';

describe('series', () => {
  it('reads back what was laid out', () => {
    const bytes = seriesOf({ bars: 3, first: 100, from: 90, to: 120, flags: 2 });
    const { bars, from, to, flags, session, close } = viewSeries(bytes);
    expect({ bars, from, to, flags }).toEqual({ bars: 3, from: 90, to: 120, flags: 2 });
    expect([...session]).toEqual([100, 101, 102]);
    expect([...close]).toEqual([10.5, 11.5, 12.5]);
  });

  it('stands anywhere in a block, one behind the other', () => {
    const length = seriesByteLength(5);
    const block = new ArrayBuffer(2 * length);
    layOutSeries({ bars: 5, from: 0, to: 1, flags: 0 }, block, 0).close.fill(1);
    layOutSeries({ bars: 5, from: 0, to: 1, flags: 0 }, block, length).open.fill(2);
    expect([...viewSeries(new Uint8Array(block, 0, length)).close]).toEqual([1, 1, 1, 1, 1]);
    expect([...viewSeries(new Uint8Array(block, length, length)).open]).toEqual([2, 2, 2, 2, 2]);
  });

  it('does not take other bytes for a series', () => {
    expect(readSeriesHeader(new Uint8Array(10))).toBeUndefined();
    expect(readSeriesHeader(new Uint8Array(1000))).toBeUndefined();
    expect(readSeriesHeader(seriesOf({ bars: 5 }).slice(0, -8))).toBeUndefined();
    expect(() => viewSeries(new Uint8Array(1000))).toThrow('Expected an encoded series');
  });

  it('says which sessions it has, at whatever offset it stands', () => {
    const series = seriesOf({ bars: 3, first: 100, from: 90, to: 120 });
    const block = new Uint8Array(series.byteLength + 3);
    block.set(series, 3);
    stampSessions(block.subarray(3));
    expect(readBlockHeader(block.subarray(3))).toMatchObject({ oldest: 100, newest: 102 });
  });

  it('says no sessions where it has none, or is no series', () => {
    const empty = seriesOf({ bars: 0, from: 90, to: 120 });
    stampSessions(empty);
    expect(readBlockHeader(empty)).toMatchObject({ count: 0, oldest: undefined, newest: undefined });
    const other = new Uint8Array(100);
    stampSessions(other);
    expect(other).toEqual(new Uint8Array(100));
  });
});
