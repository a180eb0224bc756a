import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { keepLater } from '../../src/cache/keep-later.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { layOutSeries, viewSeries } from '../../src/series.ts';
import type { SeriesBytes } from '../../src/types.ts';

/** A bar at each session of a range, its prices made of `mark`. */
function seriesOf(from: number, to: number, mark: number): SeriesBytes {
  const bars = to - from + 1;
  const series = layOutSeries({ bars, from, to, flags: 0 });
  for (let bar = 0; bar < bars; bar++) {
    series.session[bar] = from + bar;
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) series[name][bar] = mark + bar;
  }
  return series.bytes;
}

const range = fc.tuple(fc.integer({ min: 17_000, max: 17_060 }), fc.integer({ min: 0, max: 40 }));

describe('a store for a scan of the past', () => {
  it.prop([range, range])('loses no session that it knew, and invents none', async ([a, b], [c, d]) => {
    const below = createMemoryStore();
    const store = keepLater(below);
    const [kept, early] = [
      { from: a, to: a + b },
      { from: c, to: c + d },
    ];
    await store.write([{ key: 'x|A', series: seriesOf(kept.from, kept.to, 1000) }]);
    await store.write([{ key: 'x|A', series: seriesOf(early.from, early.to, 2000) }]);
    const [bytes] = await store.read(['x|A']);
    const { from, to, session, close } = viewSeries(bytes!);
    const isApart = kept.from > early.to + 1;
    const expected = early.to >= kept.to ? early : isApart ? kept : { from: early.from, to: kept.to };
    expect({ from, to }).toEqual(expected);
    expect([...session]).toEqual(Array.from({ length: to - from + 1 }, (_, bar) => from + bar));
    // What was fetched last counts where both have a bar.
    for (const [bar, price] of [...close].entries()) {
      const day = from + bar;
      const isEarly = !isApart && day >= early.from && day <= early.to;
      const isOwn = early.to >= kept.to || isEarly;
      expect(price).toBe(isOwn ? 2000 + day - early.from : 1000 + day - kept.from);
    }
  });
});
