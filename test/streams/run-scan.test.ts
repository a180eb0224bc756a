import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BlockStore } from '../../src/cache/block-store.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { ConfigError, LostGroundError } from '../../src/errors.ts';
import { formatSession, parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { createTiingoSource } from '../../src/sources/tiingo.ts';
import { runScan } from '../../src/streams/run-scan.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { BarSource, Outcome, ReceiptWriter } from '../../src/types.ts';
import { collectScan } from '../support/collect-scan.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { type SimulatedSource, startSimulatedSource } from '../support/simulated-source.ts';

const asOf = parseSession('2018-07-17');
const market = createMarket({ symbols: 60, sessions: 60, end: asOf });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

let simulated: SimulatedSource;
beforeAll(async () => {
  simulated = await startSimulatedSource(market);
});
afterAll(() => simulated.close());

/** A scan of the whole market in place, without a cache, unless said otherwise; checked to be conserved. */
async function run(options: Partial<ScanOptions>) {
  const collected = await collectScan({
    ...{ universe: tickers, source: simulated, asOf, lookback: 50, workers: 0, window: 20, concurrency: 8 },
    ...options,
  });
  const { outcomes, ranking, error } = collected;
  const { summary } = ranking!;
  expect([summary.conserved, summary.in]).toEqual([true, outcomes.length]);
  expect(new Set(outcomes.map(({ entry }) => entry.line)).size).toBe(outcomes.length);
  expect(ranking!.length).toBe(outcomes.filter(({ kind }) => kind === 'ranked').length);
  return { outcomes, summary, error };
}

async function* tickersAndThen(end: () => unknown) {
  for (const ticker of tickers.slice(0, 30)) yield ticker;
  await end();
}

const broken = () => {
  throw new Error('it broke');
};
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a scan of fewer symbols than tell a provider that is down', () => {
  it('says at its end that the ground was lost, where not one call brought anything', async () => {
    const provider = await scriptedServer((response) => response.writeHead(503).end());
    const source = createTiingoSource({ token: 'a-token', url: provider.url });
    onTestFinished(() => source.close());
    const { outcomes, summary, error } = await run({ universe: ['AAPL', 'MSFT'], source, attempts: 1 });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    expect(summary.stopped).toBe('ground-lost');
    expect(error).toBeInstanceOf(LostGroundError);
  });
});

describe('a scan whose list breaks off', () => {
  it('ends as a lost ground, with every symbol that came in accounted for', async () => {
    const { outcomes, summary, error } = await run({ universe: tickersAndThen(broken) });
    expect(outcomes).toHaveLength(30);
    expect(summary.stopped).toBe('ground-lost');
    expect(error).toBeInstanceOf(Error);
  });

  it('keeps what was finished before', async () => {
    const finishing = Promise.withResolvers<void>();
    const universe = tickersAndThen(() => finishing.promise.then(broken));
    let outcomes = 0;
    const { summary } = await run({
      universe,
      receipts: {
        async write(written) {
          outcomes += written.length;
          if (outcomes === 30) finishing.resolve();
        },
      },
    });
    expect(summary.stopped).toBe('ground-lost');
    expect(summary.outcomes.skipped).toBe(0);
    expect(summary.outcomes.ranked).toBeGreaterThan(5);
  });

  it('is the same where it cannot be read at all', async () => {
    const universe = { [Symbol.asyncIterator]: broken } as AsyncIterable<string>;
    const { summary, error } = await run({ universe });
    expect([summary.in, summary.stopped]).toEqual([0, 'ground-lost']);
    expect(error).toBeInstanceOf(Error);
  });

  it('ends with a `LostGroundError`, whatever the list threw', async () => {
    const { error } = await run({ universe: tickersAndThen(broken) });
    expect(error).toBeInstanceOf(LostGroundError);
  });

  it('ends with an error also where the list threw nothing that is one', async () => {
    const universe = tickersAndThen(() => Promise.reject(undefined));
    expect((await run({ universe })).error).toBeDefined();
  });
});

describe('a scan whose source breaks its promise', () => {
  const sourceThat = (fetchBars: BarSource['fetchBars']): BarSource => ({ ...simulated, fetchBars });

  it.each([
    ['throws at once', broken],
    ['rejects with a foreign error', async () => broken()],
    ['rejects with nothing', () => Promise.reject(undefined)],
  ])('has a defect for every symbol where it %s', async (_, fetchBars) => {
    const { outcomes, summary } = await run({ source: sourceThat(fetchBars) });
    expect(outcomes).toHaveLength(tickers.length);
    expect(summary.failed).toEqual({ 'fetch:defect': tickers.length });
  });

  it('has a defect for one symbol, and goes on with the others', async () => {
    const { summary, error } = await run({
      source: sourceThat((symbol, ...rest) =>
        symbol === 'SPY' ? broken() : simulated.fetchBars(symbol, ...rest),
      ),
    });
    expect(summary.failed).toEqual({ 'fetch:defect': 1 });
    expect(summary.outcomes.ranked).toBeGreaterThan(20);
    expect(error).toBeUndefined();
  });

  it('has the same outcome for a body that is none, in place and on threads', async () => {
    const source = sourceThat((symbol, ...rest) =>
      symbol === 'SPY' ? Promise.resolve(undefined as never) : simulated.fetchBars(symbol, ...rest),
    );
    const [inPlace, onThread] = [await run({ source }), await run({ source, workers: 1 })];
    expect(inPlace.summary.failed).toEqual({ 'fetch:defect': 1 });
    expect(onThread.summary.failed).toEqual(inPlace.summary.failed);
  });

  it('ends where threads cannot start, with every symbol accounted for', async () => {
    const { outcomes, summary, error } = await run({ workers: -1 });
    expect(outcomes).toHaveLength(tickers.length);
    expect(summary.stopped).toBe('ground-lost');
    expect(error).toBeInstanceOf(Error);
  });
});

describe('a scan whose receipts cannot be written', () => {
  const writerThat = (write: ReceiptWriter['write']): ReceiptWriter => ({ write });

  it.each([
    ['at once', 0],
    ['after some', 15],
  ])('ends as a lost ground %s, with every symbol accounted for', async (_, after) => {
    let written = 0;
    const receipts = writerThat(async (outcomes: readonly Outcome[]) => {
      if (written >= after) throw new LostGroundError('no space left');
      written += outcomes.length;
    });
    const { outcomes, summary, error } = await run({ receipts });
    expect(outcomes).toHaveLength(tickers.length);
    expect(summary.stopped).toBe('ground-lost');
    expect(error).toEqual(new LostGroundError('no space left'));
  });

  it('does not write to them again', async () => {
    let calls = 0;
    const receipts = writerThat(async () => {
      calls++;
      throw new Error('no space left');
    });
    await run({ receipts });
    expect(calls).toBe(1);
  });

  it('ends with a `LostGroundError`, whatever the writer threw', async () => {
    expect((await run({ receipts: writerThat(broken) })).error).toBeInstanceOf(LostGroundError);
  });
});

describe('a scan whose store breaks', () => {
  const storeThat = (parts: Partial<BlockStore>): BlockStore => ({ ...createMemoryStore(), ...parts });
  const ranked = async (store: BlockStore) => (await run({ store })).summary.outcomes;

  it('costs time and not results where it rejects', async () => {
    const expected = await ranked(createMemoryStore());
    expect(expected.ranked).toBeGreaterThan(20);
    expect(await ranked(storeThat({ read: async () => broken() }))).toEqual(expected);
    expect(await ranked(storeThat({ write: async () => broken() }))).toEqual(expected);
    expect(await ranked(storeThat({ read: async () => [] }))).toEqual(expected);
    expect(await ranked(storeThat({ read: async (keys) => keys.map(() => new Uint8Array(7)) }))).toEqual(
      expected,
    );
  });

  it('is said once', async () => {
    const warnings: unknown[] = [];
    const log = { debug() {}, info() {}, warn: (...words: unknown[]) => warnings.push(words.at(-1)) };
    const store = storeThat({ read: async () => broken(), write: async () => broken() });
    await run({ store, window: 5, log: log as never });
    expect(warnings).toEqual(['The cache cannot read: the scan goes on without']);
  });

  it.each(['read', 'write'] as const)('costs time and not results where its `%s` throws', async (name) => {
    const { outcomes } = await run({ store: storeThat({ [name]: broken }) });
    expect(outcomes).toHaveLength(tickers.length);
  });
});

describe('a scan that nobody listens to any more', () => {
  /** A list without an end, and what became of it. */
  function endless() {
    const state = { pulled: 0, closed: false };
    const universe = (async function* () {
      try {
        for (;;) yield tickers[state.pulled++ % tickers.length]!;
      } finally {
        state.closed = true;
      }
    })();
    return { state, universe };
  }

  it('pulls no further, and asks for nothing more', async () => {
    const { state, universe } = endless();
    const options = { universe, source: simulated, asOf, lookback: 50, workers: 0, window: 20 };
    await new Promise<void>((resolve) => {
      const subscription = runScan(options).subscribe(() => {
        subscription.unsubscribe();
        resolve();
      });
    });
    await turn();
    const { pulled } = state;
    const { calls } = simulated.traffic;
    await turn();
    expect(state.pulled).toBe(pulled);
    expect(simulated.traffic.calls).toBe(calls);
  });

  // The admission waits for a credit, and none comes back.
  it('closes its list also where the scan is full', async () => {
    const { state, universe } = endless();
    const source: BarSource = { ...simulated, fetchBars: () => new Promise(() => {}) };
    const options = { universe, source, asOf, workers: 0, window: 3 };
    const subscription = runScan(options).subscribe();
    while (state.pulled < 3) await turn();
    await turn();
    subscription.unsubscribe();
    await turn();
    expect(state.closed).toBe(true);
  });
});

describe('a scan that cannot start', () => {
  it('says so before it asks for anything', async () => {
    const calls = simulated.traffic.calls;
    const options = { universe: tickers, source: simulated, concurrency: 0 };
    const { outcomes, ranking, error } = await collectScan(options);
    expect([outcomes, ranking, simulated.traffic.calls]).toEqual([[], undefined, calls]);
    expect(error).toBeInstanceOf(ConfigError);
  });

  it('leaves nothing behind', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { error } = await collectScan({
      ...{ universe: tickers, source: simulated, asOf, lookback: 50, workers: 0, signal },
      onStart() {
        listeners = getEventListeners(signal, 'abort').length;
        broken();
      },
    });
    expect(error).toEqual(new Error('it broke'));
    expect([listeners, getEventListeners(signal, 'abort').length]).toEqual([1, 0]);
  });
});

describe('a scan with settings at their limits', () => {
  // A timer that is set for more than 2³¹ − 1 ms fires at once.
  it('has no deadline where it is infinite', async () => {
    const { summary } = await run({ deadlineMs: Number.POSITIVE_INFINITY });
    expect(summary.stopped).toBeNull();
  });

  // Nothing is ever let in, and stopping does not help: it would wait for ever.
  it.each(['window', 'concurrency'])('refuses a %s of 0', (name) => {
    const options = { universe: tickers, source: simulated, asOf, workers: 0, deadlineMs: 1, [name]: 0 };
    const { promise, resolve } = Promise.withResolvers<string>();
    const subscription = runScan(options).subscribe({
      error: () => resolve('refused'),
      complete: () => resolve('scanned'),
    });
    setTimeout(() => {
      subscription.unsubscribe();
      resolve('waits');
    }, 50);
    return expect(promise).resolves.toBe('refused');
  });
});

describe('the summary', () => {
  it('counts the calls that the provider counts', async () => {
    const before = await simulated.provider.calls();
    const { summary } = await run({});
    const after = await simulated.provider.calls();
    expect(after.aggregates - before.aggregates).toBe(tickers.length);
    // One for the splits of all of them.
    expect(after.total - before.total).toBe(tickers.length + 1);
    expect(summary.calls).toBe(tickers.length + 1);
  });

  it('names the session that was looked at where `asOf` is not one', async () => {
    const saturday = parseSession('2018-07-14');
    const { summary } = await run({ asOf: saturday });
    expect(summary.as_of).toBe(formatSession(saturday - 1));
  });
});
