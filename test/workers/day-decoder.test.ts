import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { createDayDecoder, type DayDecoderOptions } from '../../src/workers/day-decoder.ts';
import { decodePolygonGrouped } from '../../src/workers/decoders/polygon-grouped.ts';

const DAY = 86_400_000;
const SESSION = 17_729;
const textOf = (price: number) =>
  new TextEncoder().encode(
    JSON.stringify({
      ...{ adjusted: false, status: 'OK' },
      results: ['B', 'A', 'A'].map((T) => ({
        ...{ T, v: 1000, o: price, c: price, h: price + 1, l: price - 1 },
        t: SESSION * DAY + 20 * 3_600_000,
      })),
    }),
  );
const bodyOf = (price: number) => [textOf(price)];

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
  while (opened.threads.length === 0) await new Promise(setImmediate);
  await new Promise((resolve) => opened.threads[0]!.once('online', resolve));
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
    const block = new Uint8Array(text!.length + 10);
    block.set(text!, 5);
    bodies[0] = [block.subarray(5, 40), block.subarray(40, 41), text!.slice(36)];
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

  it('ends with its thread', async () => {
    const { decoder, threads } = await started();
    await decoder.close();
    await decoder.close();
    expect(threads[0]!.threadId).toBe(-1);
  });
});
