import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { RateLimiter } from '../../src/state/rate-limit.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import { startTrace } from '../../src/trace/start-trace.ts';
import { collectScan } from '../support/collect-scan.ts';
import { busyStages, readTimeline, scoredSymbols } from '../support/read-timeline.ts';
import { type SimulatedSource, startSimulatedSource } from '../support/simulated-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const asOf = parseSession('2018-07-17');
const market = createMarket({ symbols: 150, sessions: 60, end: asOf });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

let source: SimulatedSource;
beforeAll(async () => {
  source = await startSimulatedSource(market);
});
afterAll(() => source.close());

/** A traced scan of the whole market, on a thread unless said otherwise. */
async function trace(options: Partial<ScanOptions> = {}) {
  const tracer = await startTrace();
  const { outcomes, ranking, error } = await collectScan({
    ...{ universe: tickers, source, asOf, lookback: 50, workers: 1, batch: false, tracer },
    ...options,
  });
  const result = await tracer.end();
  expect(error).toBeUndefined();
  // No rules before data are asked here: what was not scored failed.
  const scored = outcomes.filter(({ kind }) => kind !== 'failed').map(({ entry }) => entry.symbol);
  expect(scored.length).toBeGreaterThan(100);
  const { summary } = ranking!;
  return { ...result, ...readTimeline(result.timeline), scored: scored.sort(), summary };
}

const named = (spans: readonly { readonly cat: string; readonly name: string }[], cat: string) =>
  spans.filter((span) => span.cat === cat).map(({ name }) => name);

describe('the trace of a scan', () => {
  it('has every symbol in one batch of the thread that scored it', async () => {
    const { spans, scored, profiles } = await trace();
    expect(scoredSymbols(spans).sort()).toEqual(scored);
    const batches = spans.filter(({ cat }) => cat === 'worker 1');
    expect(scoredSymbols(batches).sort()).toEqual(scored);
    // What the thread says of itself fits in between what this one knows: sent, at work, taken.
    expect(batches.filter(({ args }) => Number(args!.waited_ms) < 0 || Number(args!.answer_ms) < 0)).toEqual(
      [],
    );
    expect(profiles.map(({ thread }) => thread)).toEqual(['main', 1]);
  });

  it('profiles both threads by the functions that run there', async () => {
    const { profiles } = await trace();
    const files = profiles.map(({ text }) => {
      const { nodes } = JSON.parse(text) as { nodes: { callFrame: { url: string } }[] };
      return nodes.map(({ callFrame }) => callFrame.url).join('\n');
    });
    expect(files[0]).toContain('/src/operators/');
    expect(files[1]).toContain('/src/workers/score');
    expect(files[1]).not.toContain('/src/operators/');
  });

  it('has the same batches where they are scored in place', async () => {
    const { spans, scored, profiles, loads } = await trace({ workers: 0 });
    expect(scoredSymbols(spans.filter(({ cat }) => cat === 'main thread')).sort()).toEqual(scored);
    expect(profiles.map(({ thread }) => thread)).toEqual(['main']);
    expect(loads.at(-1)!.threads).toEqual([]);
  });

  it('has each stage as busy as the summary says', async () => {
    for (const batch of [true, false]) {
      const { spans, counters, summary } = await trace({ batch, store: createMemoryStore() });
      const { total, ...seconds } = summary.seconds;
      const stages = busyStages(spans);
      expect([...stages.keys()].sort()).toEqual(Object.keys(seconds).sort());
      for (const [stage, { micros, times }] of stages) {
        // Both ends of a span are rounded to whole microseconds.
        expect(Math.abs(micros - seconds[stage]! * 1e6)).toBeLessThanOrEqual(times);
        const inside = counters.filter(({ name }) => name === `in ${stage}`).map(({ args }) => args.value);
        expect(inside.at(-1)).toBe(0);
        expect(inside.filter((value) => value === 0)).toHaveLength(times);
      }
    }
  });

  it('has every call, and what the store was asked', async () => {
    const store = createMemoryStore();
    // So few sessions are cheaper to have whole.
    const whole = { store, batch: true, lookback: 5 };
    const { spans, summary } = await trace(whole);
    const days = named(spans, 'fetch day');
    expect(days).toHaveLength(5);
    expect(new Set(days).size).toBe(5);
    // The splits come with the days.
    expect(summary.calls).toBe(days.length + named(spans, 'fetch bars').length + 1);
    expect(named(spans, 'source')).toEqual(['splits']);
    const written = spans.filter(({ cat }) => cat === 'store write');
    expect(written.reduce((sum, { args }) => sum + Number(args!.entries), 0)).toBe(150 + 2);
    // The series, the splits, and the rows of them all.

    const warm = await trace(whole);
    expect(warm.summary.calls).toBe(0);
    expect([...named(warm.spans, 'fetch day'), ...named(warm.spans, 'fetch bars')]).toEqual([]);
    const asked = (name: string) =>
      warm.spans
        .filter((span) => span.cat === 'store read' && span.name === name)
        .reduce((sum, { args }) => sum + Number(args!.keys), 0);
    // The headers say that nothing has changed since the rows were made.
    expect([asked('coverage'), asked('read')]).toEqual([150, 2]);
  });

  it('has the threads that decode sessions and write, by their names', async () => {
    const dir = temporaryFolder();
    const store = openDiskStore({ dir, threadFromBytes: 1 });
    onTestFinished(() => store.close());
    // Sessions for a thread, under a limit that makes nobody wait for them.
    const limiter = new (class extends RateLimiter {
      override secondsFor = (calls: number) => (calls < 100 ? 1 : 1000);
    })();
    const { loads, counters } = await trace({ store, batch: true, limiter, workers: 0 });
    const { threads, helpers } = loads.at(-1)!;
    expect(threads).toEqual([]);
    expect(helpers.map(({ name }) => name).sort()).toEqual(['cache', 'days']);
    for (const { cpu } of helpers) expect(cpu).toBeGreaterThan(0);
    const tracks = new Set(counters.map(({ name }) => name));
    expect([tracks.has('days cpu %'), tracks.has('cache cpu %')]).toEqual([true, true]);
    // Watched no longer than the trace lasts.
    expect(process.listenerCount('worker')).toBe(0);
  });

  it('says how busy each thread was in each phase', async () => {
    const { loads, counters } = await trace();
    expect(loads.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['start', 'fetch', 'all']));
    const all = loads.at(-1)!;
    const sum = loads.slice(0, -1).reduce((seconds, load) => seconds + load.seconds, 0);
    expect(all.seconds).toBeCloseTo(sum, 6);
    expect(all.main.busy).toBeGreaterThan(0);
    expect(all.threads).toHaveLength(1);
    expect(all.threads[0]!.busy).toBeGreaterThan(0);
    expect(all.threads[0]!.busy).toBeLessThan(1);
    expect(new Set(counters.map(({ name }) => name))).toEqual(
      new Set([
        ...['prefetch', 'cache_read', 'fetch', 'score', 'cache_write', 'rank'].map((stage) => `in ${stage}`),
        ...['main thread busy %', 'main thread cpu %', 'process cpu %', 'worker 1 cpu %'],
      ]),
    );
  });
});
