import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../src/trace/timeline.ts';
import { readTimeline } from '../support/read-timeline.ts';

describe('Timeline', () => {
  it('writes spans and counters by time, in microseconds', () => {
    const timeline = new Timeline();
    timeline.count('in fetch', 3.5, 2);
    const end = timeline.begin('store', 'read', 1.0004, { keys: 2 });
    timeline.add('main thread', 'gc', 2, 2.25);
    end(4, { bytes: 10 });
    const { spans, counters, names } = readTimeline(timeline.text());
    expect(spans).toMatchObject([
      { cat: 'store', name: 'read', ts: 1000, dur: 3000, args: { keys: 2, bytes: 10 } },
      { cat: 'main thread', name: 'gc', ts: 2000, dur: 250 },
    ]);
    expect(counters).toMatchObject([{ name: 'in fetch', ts: 3500, args: { value: 2 } }]);
    expect(spans.map(({ tid }) => names.get(tid))).toEqual(['store', 'main thread']);
  });

  it('is a timeline where nothing happened', () => {
    const { spans, counters } = readTimeline(new Timeline().text());
    expect([...spans, ...counters]).toEqual([]);
  });

  test.prop([
    fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(50), fc.nat(20)), {
      size: 'max',
      minLength: 1,
      maxLength: 60,
    }),
  ])('has no two spans that overlap on one lane, and no lane more than needed', (calls) => {
    const timeline = new Timeline();
    const moves = calls.flatMap(([track, start, ms], index) => [
      { at: start, index, track, begins: true },
      { at: start + ms + 1, index, track, begins: false },
    ]);
    // What ends makes room for what begins at the same time.
    moves.sort((x, y) => x.at - y.at || Number(x.begins) - Number(y.begins));
    const ends = new Map<number, (end: number) => void>();
    const inside = { a: 0, b: 0 };
    const most = { a: 0, b: 0 };
    for (const { at, index, track, begins } of moves) {
      if (begins) {
        ends.set(index, timeline.begin(track, `${index}`, at));
        most[track] = Math.max(most[track], ++inside[track]);
      } else {
        ends.get(index)!(at);
        inside[track]--;
      }
    }
    const { spans, names } = readTimeline(timeline.text());
    expect(spans).toHaveLength(calls.length);
    const lanes = Map.groupBy(spans, ({ tid }) => tid);
    for (const lane of lanes.values()) {
      expect(
        lane.filter(({ ts }, index) => index > 0 && ts < lane[index - 1]!.ts + lane[index - 1]!.dur),
      ).toEqual([]);
    }
    expect([lanes.size, names.size]).toEqual([most.a + most.b, most.a + most.b]);
  });
});
