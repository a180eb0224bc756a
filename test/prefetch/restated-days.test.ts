/** Nine whole-market days as a vendor published them: each file restates the day before. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DayBar, encodeMarketDay, viewMarketDay } from '../../src/market-day.ts';
import { Panel } from '../../src/prefetch/panel.ts';
import { SharedRoom } from '../../src/prefetch/shared-room.ts';
import { viewSeries } from '../../src/series.ts';
import { parseSession } from '../../src/session.ts';
import type { Session } from '../../src/types.ts';

const FOLDER = fileURLToPath(new URL('../../../shared/data/ohlcv/raw-day-files/', import.meta.url));

type Days = ReadonlyMap<Session, ReadonlyMap<string, DayBar>>;

function readDays(name: string): Days {
  const days = new Map<Session, Map<string, DayBar>>();
  const lines = gunzipSync(readFileSync(FOLDER + name))
    .toString()
    .trim()
    .split(/\r?\n/);
  for (const line of lines.slice(1)) {
    const [symbol, date, ...numbers] = line.split(',') as [string, string, ...string[]];
    const [open, high, low, close, volume] = numbers.map(Number) as [number, number, number, number, number];
    const session = parseSession(date);
    const day = days.get(session) ?? new Map<string, DayBar>();
    days.set(session, day.set(symbol, { symbol, open, high, low, close, volume }));
  }
  return days;
}

const sameBar = (a: DayBar, b: DayBar | undefined) =>
  b !== undefined &&
  (['open', 'high', 'low', 'close', 'volume'] as const).every((name) => a[name] === b[name]);

describe.skipIf(!existsSync(FOLDER))('days as a vendor published them', () => {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.csv.gz')) : [];
  const pairs = files.slice(1).map((file, index) => [files[index]!, file] as const);

  it.each(pairs)('are corrected from %s by %s, bar by bar', (earlier, later) => {
    const [first, second] = [readDays(earlier), readDays(later)];
    const sessions = [...second.keys()].sort((a, b) => a - b);
    const shared = sessions[0]!;
    const published = first.get(shared)!;
    expect(published.size).toBeGreaterThan(5000);
    const symbols = [...published.keys()];

    // What was kept the evening before, and what comes the next day: the new session and the last one again.
    const kept = new Panel(symbols, [shared]);
    kept.add(viewMarketDay(encodeMarketDay(shared, published.values())));
    const panel = new Panel(symbols, sessions);
    for (const session of sessions) {
      panel.add(viewMarketDay(encodeMarketDay(session, second.get(session)!.values())));
    }
    const restated = second.get(shared)!;
    let corrected = 0;
    for (const [index, symbol] of symbols.entries()) {
      const extended = panel.extend(
        index,
        kept.take(index, shared, shared),
        sessions.at(-1)!,
        100,
        new SharedRoom(),
      );
      const isInLater = restated.has(symbol) || second.get(sessions[1]!)!.has(symbol);
      const expected = isInLater && !sameBar(published.get(symbol)!, restated.get(symbol));
      expect([symbol, extended.corrected]).toEqual([symbol, expected]);
      if (!extended.corrected) continue;
      corrected++;
      const series = viewSeries(extended.series);
      const at = series.session.indexOf(shared);
      expect(at < 0 ? undefined : series.close[at]).toBe(restated.get(symbol)?.close);
    }
    const direct = symbols.filter(
      (symbol) => restated.has(symbol) && !sameBar(published.get(symbol)!, restated.get(symbol)),
    );
    expect(corrected).toBeGreaterThanOrEqual(direct.length);
  });
});
