/** What a scan asks the provider for, counted by the provider, and that no way of fetching changes a number. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { ScanError } from '../../src/errors.ts';
import { encodeMarketDay } from '../../src/market-day.ts';
import { viewSeries } from '../../src/series.ts';
import { parseSession } from '../../src/session.ts';
import { correctMarket } from '../../src/simulator/correct-market.ts';
import { createMarket, type Market } from '../../src/simulator/market.ts';
import type { ProviderOptions } from '../../src/simulator/provider.ts';
import { createAlpacaSource } from '../../src/sources/alpaca.ts';
import { RateLimiter } from '../../src/state/rate-limit.ts';
import { dayKey, seriesKey } from '../../src/store-keys.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { BarSource } from '../../src/types.ts';
import { collectScan } from '../support/collect-scan.ts';
import { startSimulatedSource } from '../support/simulated-source.ts';

const end = parseSession('2018-07-17');
const SYMBOLS = 80;
const SESSIONS = 40;
const market = createMarket({ symbols: SYMBOLS, sessions: 120, end });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

/** A limit under which every call counts, and that makes nobody wait. */
class Dear extends RateLimiter {
  override secondsFor(calls: number): number {
    return 1000 * calls;
  }
}

async function open(options: Omit<ProviderOptions, 'market'> = {}, of: Market = market) {
  const source = await startSimulatedSource(of, options);
  onTestFinished(() => source.close());
  return source;
}

/** A limit under which sessions come in no time, and symbols alone do not. */
class Quick extends RateLimiter {
  override secondsFor(calls: number): number {
    return calls < 2 * SESSIONS ? 1 : 1000;
  }
}

/** A scan, its rows without the id, and the calls that the provider counted. */
async function scan(source: BarSource, options: Partial<ScanOptions> = {}) {
  const before = source.traffic.calls;
  const { ranking, error } = await collectScan({
    ...{ universe: tickers, source, asOf: end, lookback: SESSIONS, id: 'same', limiter: new Dear() },
    ...options,
  });
  const { summary } = ranking!;
  expect(summary.conserved).toBe(true);
  const rows = [...ranking!.rows];
  return { rows, summary, error, calls: source.traffic.calls - before };
}

/** Every symbol asked for alone, nothing kept. */
const alone = (source: BarSource, options: Partial<ScanOptions> = {}) =>
  scan(source, { ...options, batch: false });

/** Symbols that no session of the window has. */
function withoutBars(of: Market, asOf: number): number {
  const first = sessionsBack(asOf, SESSIONS);
  return tickers.filter((ticker) => !of.bars(ticker)!.session.some((day) => day >= first && day <= asOf))
    .length;
}

describe('a market that is fetched by whole sessions', () => {
  it('takes a call a session when nothing is kept, one for the splits, and none for symbols that no session has', async () => {
    const source = await open();
    const { rows, calls, summary } = await scan(source);
    const counts = await source.provider.calls();
    expect(withoutBars(market, end)).toBeGreaterThan(0);
    expect(counts).toMatchObject({ grouped: SESSIONS, splits: 1, aggregates: 0 });
    expect(calls).toBe(counts.total);
    expect(summary.cache.prefetched).toBe(SYMBOLS);
    expect(rows).toEqual((await alone(source)).rows);
  });

  it('takes three calls the next day, two more than the sessions of a gap, and none the same day', async () => {
    const source = await open();
    const store = createMemoryStore();
    const days = [7, 6, 6, 1, 1].map((back) => sessionsBack(end, back));
    const calls: number[] = [];
    for (const asOf of days) {
      const of = await scan(source, { store, asOf });
      calls.push(of.calls);
      expect(of.rows).toEqual((await alone(source, { asOf })).rows);
    }
    expect(calls.slice(1)).toEqual([3, 0, 7, 0]);
  });

  it('ranks on the same adjusted bars before and after a split', async () => {
    const splits = tickers.flatMap((ticker) =>
      market.bars(ticker)!.splits.map(({ session }) => ({ ticker, session })),
    );
    const [split] = splits.filter(({ session }) => session > sessionsBack(end, 60));
    expect(split).toBeDefined();
    const source = await open();
    const store = createMemoryStore();
    const before = sessionsBack(split!.session - 1, 1);
    await scan(source, { store, asOf: before });
    const after = await scan(source, { store, asOf: split!.session });
    expect(after.calls).toBeLessThanOrEqual(3);
    expect(after.summary.cache.hits + after.summary.cache.prefetched).toBe(SYMBOLS);
    const rows = (await alone(source, { asOf: split!.session })).rows;
    expect(after.rows).toEqual(rows);
    expect(rows.some(({ symbol }) => symbol === split!.ticker)).toBe(true);
  });

  it('notices a bar that was restated, and has what the provider says now', async () => {
    const yesterday = sessionsBack(end, 2);
    const corrections = tickers.slice(0, 5).map((symbol) => ({ symbol, session: yesterday }));
    const corrected = correctMarket(market, corrections);
    const [first, second] = [await open(), await open({}, corrected)];
    const store = createMemoryStore();
    await scan(first, { store, asOf: yesterday });
    const { rows, summary, calls } = await scan(second, { store });
    const traded = corrections.filter(({ symbol }) => market.bars(symbol)!.session.includes(yesterday));
    expect(traded.length).toBeGreaterThan(0);
    expect([summary.corrected, calls]).toEqual([traded.length, 3]);
    expect(rows).toEqual((await alone(second)).rows);
  });

  it('goes on where it was stopped: a session that has landed is not asked for again', async () => {
    const source = await open({ latencyMs: 5 });
    const store = createMemoryStore();
    const stopping = new AbortController();
    let landed = 0;
    const watched: typeof store = {
      ...store,
      async write(entries) {
        await store.write(entries);
        if (entries[0]!.key.includes('|day|') && ++landed === 15) stopping.abort();
      },
    };
    const stopped = await scan(source, { store: watched, signal: stopping.signal });
    expect(stopped.summary.skipped).toEqual({ interrupted: SYMBOLS });
    // Counted here: what was cut off may reach the provider late.
    const asked: number[] = [];
    const counting: BarSource = {
      ...source,
      get traffic() {
        return source.traffic;
      },
      wholeMarket: {
        fetchDay(session, signal) {
          asked.push(session);
          return source.wholeMarket!.fetchDay(session, signal);
        },
      },
    };
    const { rows } = await scan(counting, { store });
    expect(asked).toHaveLength(SESSIONS - landed);
    expect(rows).toEqual((await alone(source)).rows);
  });

  it('is asked again where a call fails, and loses nothing', async () => {
    const calm = await open();
    const faulty = await open({ faults: { '500': 0.1, truncate: 0.1, '429': 0.1 }, seed: 5 });
    const { rows, summary } = await scan(faulty);
    expect(rows).toEqual((await alone(calm)).rows);
    expect(summary.retries).toBeGreaterThan(0);
  });

  it('falls back to each symbol alone where the plan does not have such calls, or a session is not published', async () => {
    const source = await open();
    const expected = (await alone(source)).rows;
    const refusing = {
      ...source,
      wholeMarket: {
        fetchDay: () => Promise.reject(new ScanError('unauthorized', 'not in your plan', { stage: 'fetch' })),
      },
    };
    expect((await scan(refusing)).rows).toEqual(expected);
    const late = {
      ...source,
      wholeMarket: {
        fetchDay: (session: number, signal: AbortSignal) =>
          session === end
            ? Promise.resolve(encodeMarketDay(session, []))
            : source.wholeMarket!.fetchDay(session, signal),
      },
    };
    const { rows, summary } = await scan(late);
    expect(rows).toEqual(expected);
    expect(summary.cache.prefetched).toBe(0);
  });

  it('takes sessions from before the provider’s first one for what they are', async () => {
    const short = createMarket({ symbols: SYMBOLS, sessions: 30, end });
    const source = await open({}, short);
    const { rows, summary } = await scan(source);
    expect(summary.cache.prefetched).toBeGreaterThan(SYMBOLS / 2);
    expect(rows).toEqual((await alone(source)).rows);
  });

  it('does not need a store that works', async () => {
    const source = await open();
    const broken = () => Promise.reject(new Error('no space left'));
    const { rows, summary } = await scan(source, {
      store: { ...createMemoryStore(), read: broken, write: broken, coverage: broken },
    });
    expect(rows).toEqual((await alone(source)).rows);
    expect(summary.cache.prefetched).toBeGreaterThan(SYMBOLS / 2);
  });

  it('hears of a symbol that begins to trade with the next session', async () => {
    const listed = tickers.map((ticker) => ({ ticker, first: market.bars(ticker)!.session[0]! }));
    const begins = listed.find(({ first }) => first > sessionsBack(end, 100));
    expect(begins).toBeDefined();
    const source = await open();
    const store = createMemoryStore();
    const before = sessionsBack(begins!.first - 1, 1);
    await scan(source, { store, asOf: before });
    const { calls } = await scan(source, { store, asOf: begins!.first });
    expect(calls).toBeLessThanOrEqual(3);
    const [kept] = await store.read([seriesKey(source.dataset, begins!.ticker)]);
    expect([...viewSeries(kept!).session]).toEqual([begins!.first]);
  });

  it('believes for five sessions that a symbol without any bar has none still, where symbols are asked alone', async () => {
    const source = await open();
    const store = createMemoryStore();
    const asked = async (asOf: number) => {
      const before = source.traffic.calls;
      await alone(source, { store, asOf, universe: ['ZZZZZ', 'QQQQQ'] });
      return source.traffic.calls - before;
    };
    const splits = 1;
    expect(await asked(sessionsBack(end, 9))).toBe(2 + splits);
    expect(await asked(sessionsBack(end, 8))).toBe(splits);
    expect(await asked(sessionsBack(end, 1))).toBe(2 + splits);
  });
});

describe('a market whose sessions come in no time', () => {
  const quick = (source: BarSource, options: Partial<ScanOptions> = {}) =>
    scan(source, { limiter: new Quick(), ...options });

  it('gives the same numbers, also where calls fail, and stores no session', async () => {
    const calm = await open();
    const expected = (await alone(calm)).rows;
    const faulty = await open({ faults: { '500': 0.1, truncate: 0.1, '429': 0.1 }, seed: 5 });
    for (const source of [calm, faulty]) {
      const store = createMemoryStore();
      const { rows, summary, calls } = await quick(source, { store });
      expect(rows).toEqual(expected);
      expect(summary.cache.prefetched).toBeGreaterThan(SYMBOLS / 2);
      expect(calls - summary.retries).toBe(SESSIONS + 1);
      const days = await store.coverage(
        [...market.sessions.slice(-SESSIONS)].map((session) => dayKey(source.dataset, session)),
      );
      expect(days.filter((day) => day !== undefined)).toEqual([]);
    }
  });

  it('falls back to each symbol alone where some of them were lost on their way', async () => {
    const source = await open();
    const losing: BarSource = {
      ...source,
      wholeMarket: {
        ...source.wholeMarket!,
        fillPanel: (panel) => ({
          fetchDay: source.wholeMarket!.fillPanel!(panel).fetchDay,
          end: () => Promise.reject(new ScanError('defect', 'lost', { stage: 'decode' })),
        }),
      },
    };
    const { rows, summary } = await quick(losing);
    expect(rows).toEqual((await alone(source)).rows);
    expect(summary.cache.prefetched).toBe(0);
  });
});

describe('a market that is fetched many symbols a call', () => {
  async function openAlpaca() {
    const simulated = await open();
    const alpaca = createAlpacaSource({
      keyId: 'PKTESTKEY',
      secret: 'a long secret',
      url: simulated.provider.url,
    });
    onTestFinished(() => alpaca.close());
    return { simulated, alpaca };
  }

  it('takes as many calls as pages are full, and the same numbers come out', async () => {
    const { simulated, alpaca } = await openAlpaca();
    const store = createMemoryStore();
    const known = tickers.filter((ticker) => !/[a-z]/.test(ticker));
    const options = { store, universe: known, asOf: sessionsBack(end, 2) };
    const cold = await scan(alpaca, options);
    expect(cold.rows).toEqual((await alone(simulated, options)).rows);
    expect((await simulated.provider.calls()).bars).toBeLessThanOrEqual(
      alpaca.manySymbols.calls(known.length, SESSIONS) + withoutBars(market, options.asOf),
    );
    const next = { ...options, asOf: end };
    const warm = await scan(alpaca, next);
    expect(warm.calls).toBeLessThanOrEqual(2);
    expect(warm.rows).toEqual((await alone(simulated, next)).rows);
  });

  it('loses no symbol to a neighbour that the provider does not know', async () => {
    const { simulated, alpaca } = await openAlpaca();
    const known = tickers.filter((ticker) => !/[a-z]/.test(ticker)).slice(0, 40);
    const universe = [...known.slice(0, 20), 'ZZZZZ', ...known.slice(20), 'QQQQQ'];
    const { rows, calls } = await scan(alpaca, { universe });
    expect(rows).toEqual((await alone(simulated, { universe: known })).rows);
    expect(calls).toBeLessThan(known.length / 2);
  });
});
