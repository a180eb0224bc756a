import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { encodeMarketDay, viewMarketDay } from '../../src/market-day.ts';
import { Panel } from '../../src/prefetch/panel.ts';
import { SharedRoom } from '../../src/prefetch/shared-room.ts';
import { layOutSeries, viewSeries } from '../../src/series.ts';
import type { SeriesBytes, Session } from '../../src/types.ts';

const FIRST = 17_000;
/** More than lie in one buffer. */
const SYMBOLS = Array.from({ length: 150 }, (_, index) => `S${(index * 37) % 150}`);

type Bar = readonly [Session, number, number, number, number, number];

/** A bar that is like no other one. */
const barOf = (symbol: string, session: Session): Bar => {
  const price = Number(symbol.slice(1)) * 1000 + (session - FIRST);
  return [session, price + 0.25, price + 0.5, price + 0.125, price + 0.375, price * 2];
};

function barsOf(bytes: SeriesBytes): Bar[] {
  const { bars, session, open, high, low, close, volume } = viewSeries(bytes);
  return Array.from({ length: bars }, (_, bar) => [
    ...([session[bar]!, open[bar]!, high[bar]!] as const),
    ...([low[bar]!, close[bar]!, volume[bar]!] as const),
  ]);
}

function seriesOf(bars: readonly Bar[], from: Session, to: Session): SeriesBytes {
  const series = layOutSeries({ bars: bars.length, from, to, flags: 2 });
  for (const [index, [session, open, high, low, close, volume]] of bars.entries()) {
    series.session[index] = session;
    series.open[index] = open;
    series.high[index] = high;
    series.low[index] = low;
    series.close[index] = close;
    series.volume[index] = volume;
  }
  return series.bytes;
}

function dayOf(bars: readonly (readonly [string, Bar])[], session: Session) {
  return viewMarketDay(
    encodeMarketDay(
      session,
      bars.map(([symbol, [, open, high, low, close, volume]]) => ({
        ...{ symbol, open, high, low, close, volume },
      })),
    ),
  );
}

/** Sessions, and which of them each symbol trades in: at some, at all, at none. */
const market = fc.integer({ min: 1, max: 9 }).chain((width) =>
  fc.record({
    sessions: fc.constant(Array.from({ length: width }, (_, at) => FIRST + 2 * at)),
    traded: fc.array(fc.integer({ min: 0, max: 2 ** width - 1 }), {
      minLength: SYMBOLS.length,
      maxLength: SYMBOLS.length,
    }),
  }),
);

describe('Panel', () => {
  test.prop([market, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }))])(
    'gives each symbol its bars in order, in whatever order the days came',
    ({ sessions, traded }, chances) => {
      const expected = new Map(
        SYMBOLS.map((symbol, index) => [
          symbol,
          sessions
            .filter((_session, at) => (traded[index]! >> at) & 1)
            .map((session) => barOf(symbol, session)),
        ]),
      );
      const panel = new Panel(SYMBOLS, sessions);
      const order = sessions
        .map((session) => [session, chances.next().value!] as const)
        .sort((a, b) => a[1] - b[1]);
      for (const [session] of order) {
        const bars = SYMBOLS.flatMap((symbol) => {
          const bar = expected.get(symbol)!.find(([at]) => at === session);
          return bar === undefined ? [] : [[symbol, bar] as const];
        });
        panel.add(dayOf([...bars, ['NOBODY', barOf('S1', session)]], session));
      }
      const to = sessions.at(-1)!;
      const series = SYMBOLS.map((_symbol, index) => panel.take(index, FIRST, to));
      expect(series.map(barsOf)).toEqual(SYMBOLS.map((symbol) => expected.get(symbol)));
      // Byte for byte what is made anew.
      for (const [index, symbol] of SYMBOLS.entries()) {
        const own = seriesOf(expected.get(symbol)!, FIRST, to);
        own[16] = 0;
        expect(Buffer.compare(series[index]!, own)).toBe(0);
      }
    },
  );

  it('leaves a day of another session out', () => {
    const panel = new Panel(['S1'], [FIRST]);
    panel.add(dayOf([['S1', barOf('S1', FIRST + 1)]], FIRST + 1));
    expect(barsOf(panel.take(0, FIRST, FIRST))).toEqual([]);
  });

  it('takes the later one of two days for a session', () => {
    const panel = new Panel(['S1'], [FIRST]);
    const restated = barOf('S2', FIRST);
    for (const bar of [barOf('S1', FIRST), restated]) panel.add(dayOf([['S1', bar]], FIRST));
    expect(barsOf(panel.take(0, FIRST, FIRST))).toEqual([restated]);
  });

  /** Kept: sessions 0 to 4; in the panel: 4, 5 and 6. */
  const kept = [0, 1, 2, 3, 4].map((at) => barOf('S1', FIRST + at));
  const fresh = [4, 5, 6].map((at) => FIRST + at);
  const last = FIRST + 6;
  const ownKept = () => seriesOf(kept, FIRST, FIRST + 4);
  const panelOf = (bars: readonly Bar[]) => {
    const panel = new Panel(['S0', 'S1'], fresh);
    for (const bar of bars) panel.add(dayOf([['S1', bar]], bar[0]));
    return panel;
  };

  it('puts its bars behind those that are kept, and instead of those of the same session', () => {
    const bars = fresh.map((session) => barOf('S1', session));
    const { series, corrected } = panelOf(bars).extend(1, ownKept(), last, 100, new SharedRoom());
    expect(barsOf(series)).toEqual([...kept.slice(0, 4), ...bars]);
    expect(viewSeries(series)).toMatchObject({ from: FIRST, to: last, flags: 2 });
    expect(corrected).toBe(false);
  });

  it('notices a bar that has changed, and one that is no more', () => {
    const restated = [FIRST + 4, ...barOf('S2', FIRST).slice(1)] as unknown as Bar;
    const changed = panelOf([restated]).extend(1, ownKept(), last, 100, new SharedRoom());
    expect(barsOf(changed.series)).toEqual([...kept.slice(0, 4), restated]);
    expect(changed.corrected).toBe(true);
    // Where the panel begins later than the kept series ends, its last bar is none of its business.
    expect(
      panelOf([barOf('S1', FIRST + 5)]).extend(1, ownKept(), last, 100, new SharedRoom()).corrected,
    ).toBe(false);
    const both = seriesOf([...kept, barOf('S1', FIRST + 5)], FIRST, FIRST + 5);
    expect(panelOf([barOf('S1', FIRST + 4)]).extend(1, both, last, 100, new SharedRoom()).corrected).toBe(
      true,
    );
  });

  it('takes a kept bar between its sessions for one that is no more', () => {
    const panel = new Panel(['S1'], [FIRST + 3, FIRST + 5]);
    panel.add(dayOf([['S1', kept[3]!]], FIRST + 3));
    const { series, corrected } = panel.extend(0, ownKept(), last, 100, new SharedRoom());
    expect(barsOf(series)).toEqual(kept.slice(0, 4));
    expect(corrected).toBe(true);
  });

  it('drops the oldest bars beyond the most, and says from where on it has them', () => {
    const bars = fresh.map((session) => barOf('S1', session));
    const { series } = panelOf(bars).extend(1, ownKept(), last, 5, new SharedRoom());
    expect(barsOf(series)).toEqual([...kept.slice(2, 4), ...bars]);
    expect(viewSeries(series).from).toBe(FIRST + 2);
  });

  it('reaches to the last session for a symbol without new bars', () => {
    const { series, corrected } = panelOf([]).extend(1, ownKept(), last, 100, new SharedRoom());
    expect(barsOf(series)).toEqual(kept);
    expect(viewSeries(series).to).toBe(last);
    expect(corrected).toBe(false);
  });

  it('is made of series as well: of their bars at its sessions', () => {
    const panel = Panel.of(new Map([['S1', ownKept()]]), ['S0', 'S1'], [FIRST + 3, FIRST + 4, FIRST + 5]);
    expect(barsOf(panel.take(1, FIRST, last))).toEqual(kept.slice(3));
    expect(barsOf(panel.take(0, FIRST, last))).toEqual([]);
  });
});
