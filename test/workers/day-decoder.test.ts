import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { viewMarketDay } from '../../src/market-day.ts';
import { Panel } from '../../src/prefetch/panel.ts';
import { viewSeries } from '../../src/series.ts';
import { createDayDecoder, type DayDecoderOptions } from '../../src/workers/day-decoder.ts';
import { decodePolygonGrouped } from '../../src/workers/decoders/polygon-grouped.ts';

const DAY = 86_400_000;
const SESSION = 17_729;
const textOf = (price: number, session = SESSION, names = ['B', 'A', 'A']) =>
  new TextEncoder().encode(
    JSON.stringify({
      ...{ adjusted: false, status: 'OK' },
      results: names.map((T) => ({
        ...{ T, v: 1000, o: price, c: price, h: price + 1, l: price - 1 },
        t: session * DAY + 20 * 3_600_000,
      })),
    }),
  );
const bodyOf = (price: number, session = SESSION) => [textOf(price, session)];

/** The threads that were started, and the module that they run in place of the right one. */
function open(options: DayDecoderOptions = {}) {
  const threads: Worker[] = [];
  const note = (thread: Worker) => threads.push(thread);
  process.on('worker', note);
  const decoder = createDayDecoder(options);
  onTestFinished(async () => {
    process.off('worker', note);
    await decoder.close();
  });
  return { decoder, threads };
}

/** A decoder whose thread is at work. */
async function started() {
  const opened = open({ worthSessions: 1 });
  await opened.decoder.decode(bodyOf(1), SESSION);
  expect(opened.threads).toHaveLength(1);
  return opened;
}

describe('createDayDecoder', () => {
  it('decodes little without a thread', async () => {
    const { decoder, threads } = open();
    const day = await decoder.decode(bodyOf(7), SESSION);
    expect(day).toEqual(decodePolygonGrouped(bodyOf(7), SESSION));
    expect(threads).toEqual([]);
  });

  it('starts its thread for what is said to come', async () => {
    const { decoder, threads } = open();
    decoder.expect(7);
    await new Promise(setImmediate);
    expect(threads).toEqual([]);
    decoder.expect(8);
    decoder.expect(8);
    await new Promise(setImmediate);
    expect(threads).toHaveLength(1);
  });

  it('decodes the same on a thread, each call its own, also from a part of a larger block', async () => {
    const { decoder, threads } = await started();
    const bodies = Array.from({ length: 40 }, (_, index) => bodyOf(index + 2));
    // As a body comes: in pieces, with something around them, two of them in one block.
    const [text] = bodies[0]!;
    const block = Buffer.allocUnsafeSlow(text!.length + 10);
    block.set(text!, 5);
    bodies[0] = [block.subarray(5, 40), block.subarray(40, 41), Buffer.from(text!.slice(36))];
    const days = await Promise.all(bodies.map((body) => decoder.decode(body, SESSION)));
    expect(days).toEqual(
      Array.from(bodies.keys(), (index) => decodePolygonGrouped(bodyOf(index + 2), SESSION)),
    );
    expect(days.every(({ bytes }) => bytes.buffer instanceof SharedArrayBuffer)).toBe(true);
    // It went to the thread: what is transferred is gone.
    expect(bodies[1]![0]!.length).toBe(0);
    expect(threads).toHaveLength(1);
  });

  it('fails a body that is none, and goes on', async () => {
    const { decoder } = await started();
    const broken = decoder.decode([textOf(2).subarray(0, 50)], SESSION);
    await expect(broken).rejects.toMatchObject({ code: 'malformed', stage: 'decode' });
    await expect(broken).rejects.toBeInstanceOf(ScanError);
    expect(await decoder.decode(bodyOf(3), SESSION)).toEqual(decodePolygonGrouped(bodyOf(3), SESSION));
  });

  it('has what a thread that died did not decode asked for again, and decodes the rest in place', async () => {
    const { decoder, threads } = await started();
    const lost = Array.from({ length: 5 }, (_, index) => decoder.decode(bodyOf(index), SESSION));
    const settled = Promise.allSettled(lost);
    await threads[0]!.terminate();
    for (const result of await settled) {
      if (result.status === 'fulfilled') continue;
      expect(result.reason).toMatchObject({ code: 'malformed', retryable: true });
    }
    expect(await decoder.decode(bodyOf(3), SESSION)).toEqual(decodePolygonGrouped(bodyOf(3), SESSION));
    expect(threads).toHaveLength(1);
  });

  it.each([
    ['has no module', new URL('./no-such.worker.ts', import.meta.url)],
    ['cannot be started', new URL('https://example.invalid/day.ts')],
  ])('decodes in place where the thread %s', async (_what, entry) => {
    const { decoder } = open({ worthSessions: 1, entry });
    for (let price = 1; price < 20; price++) {
      const day = decoder.decode(bodyOf(price), SESSION).catch((error: ScanError) => error.code);
      expect([await day]).toContainEqual(
        (await day) === 'malformed' ? 'malformed' : decodePolygonGrouped(bodyOf(price), SESSION),
      );
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await decoder.decode(bodyOf(3), SESSION)).toEqual(decodePolygonGrouped(bodyOf(3), SESSION));
  });

  it.each([
    ['in place', Number.POSITIVE_INFINITY, 0],
    ['on a thread', 1, 1],
    ['in place and then on a thread', 21, 1],
  ])('puts sessions into a panel %s', async (_where, worthSessions, started) => {
    const { decoder, threads } = open({ worthSessions });
    const sessions = Array.from({ length: 40 }, (_, index) => SESSION - 60 + index);
    const panel = new Panel(['A', 'C', 'B'], sessions);
    const feed = decoder.fill(panel.shape);
    for (const [index, session] of sessions.entries()) {
      const answer = await feed.put(bodyOf(index + 2, session), session);
      expect(answer).toEqual({ rows: 2, doubled: 1, unusable: 0 });
    }
    // Those that are not of the panel go nowhere.
    await feed.put(bodyOf(1, SESSION), SESSION);
    await feed.end();
    const byHand = new Panel(['A', 'C', 'B'], sessions);
    for (const [index, session] of sessions.entries()) {
      byHand.add(viewMarketDay(decodePolygonGrouped(bodyOf(index + 2, session), session).bytes));
    }
    for (const symbol of [0, 1, 2]) {
      const [own, other] = [panel, byHand].map((each) => each.take(symbol, sessions[0]!, SESSION));
      expect(Buffer.compare(own!, other!)).toBe(0);
      expect(viewSeries(own!).bars).toBe(symbol === 1 ? 0 : 40);
    }
    expect(threads).toHaveLength(started);
  });

  it('puts a session that comes again in the place of the first one, and two panels each their own', async () => {
    const { decoder } = await started();
    const panels = [new Panel(['A'], [SESSION]), new Panel(['A', 'X'], [SESSION])] as const;
    const feeds = panels.map((panel) => decoder.fill(panel.shape));
    await Promise.all([
      feeds[0]!.put(bodyOf(5), SESSION),
      feeds[1]!.put([textOf(6, SESSION, ['X', 'A'])], SESSION),
      feeds[1]!.put(bodyOf(7), SESSION),
    ]);
    await Promise.all(feeds.map((feed) => feed.end()));
    const closes = (panel: Panel, symbol: number) => [
      ...viewSeries(panel.take(symbol, SESSION, SESSION)).close,
    ];
    expect([closes(panels[0], 0), closes(panels[1], 0), closes(panels[1], 1)]).toEqual([[5], [7], []]);
  });

  it('puts nothing in of a body that is none, and goes on', async () => {
    const { decoder } = await started();
    const panel = new Panel(['A'], [SESSION]);
    const feed = decoder.fill(panel.shape);
    await expect(feed.put([textOf(2).subarray(0, 50)], SESSION)).rejects.toBeInstanceOf(ScanError);
    await feed.put(bodyOf(3), SESSION);
    await feed.end();
    expect([...viewSeries(panel.take(0, SESSION, SESSION)).close]).toEqual([3]);
  });

  it('says so where the thread died with a part of a panel', async () => {
    const { decoder, threads } = await started();
    const panel = new Panel(['A'], [SESSION, SESSION + 1]);
    const feed = decoder.fill(panel.shape);
    await feed.put(bodyOf(3), SESSION);
    await threads[0]!.terminate();
    await expect(feed.end()).rejects.toMatchObject({ code: 'defect', stage: 'decode' });
    // A panel of which it had nothing is whole.
    const next = decoder.fill(panel.shape);
    await next.put(bodyOf(4), SESSION);
    await next.end();
    expect([...viewSeries(panel.take(0, SESSION, SESSION + 1)).close]).toEqual([4]);
  });

  it('ends its thread when the last panel is full, and starts another one for as much again', async () => {
    const { decoder, threads } = await started();
    const feeds = [1, 2].map(() => decoder.fill(new Panel(['A'], [SESSION]).shape));
    for (const feed of feeds) await feed.put(bodyOf(3), SESSION);
    await feeds[0]!.end();
    expect(threads[0]!.threadId).toBeGreaterThan(0);
    const ended = once(threads[0]!, 'exit');
    await feeds[1]!.end();
    await ended;
    const panel = new Panel(['A'], [SESSION]);
    const next = decoder.fill(panel.shape);
    await next.put(bodyOf(4), SESSION);
    await next.end();
    expect([...viewSeries(panel.take(0, SESSION, SESSION)).close]).toEqual([4]);
    expect(threads).toHaveLength(2);
    await decoder.close();
    expect(threads[1]!.threadId).toBe(-1);
  });

  it('leaves what is asked for beside a panel to its thread before that ends', async () => {
    const { decoder, threads } = await started();
    const feed = decoder.fill(new Panel(['A'], [SESSION]).shape);
    await feed.put(bodyOf(3), SESSION);
    const ending = feed.end();
    const days = Array.from({ length: 20 }, (_, index) => decoder.decode(bodyOf(index + 2), SESSION));
    await ending;
    expect(await Promise.all(days)).toEqual(
      Array.from(days.keys(), (index) => decodePolygonGrouped(bodyOf(index + 2), SESSION)),
    );
    expect(threads).toHaveLength(1);
  });

  it('ends with its thread', async () => {
    const { decoder, threads } = await started();
    await decoder.close();
    await decoder.close();
    expect(threads[0]!.threadId).toBe(-1);
  });
});
