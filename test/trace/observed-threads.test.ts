import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ObservedThreads } from '../../src/trace/observed-threads.ts';

const run = (code: string) => new Worker(code, { eval: true });
const now = () => performance.now();

describe('ObservedThreads', () => {
  it('profiles a thread, and asks for its processor time while it waits', async () => {
    const threads = new ObservedThreads(now);
    const worker = run(`
      const { parentPort } = require('node:worker_threads');
      function toil() { const end = performance.now() + 50; while (performance.now() < end); }
      toil();
      parentPort.postMessage('done');
      // Blocks its event loop, as a thread does that waits for a batch.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    `);
    const started = now();
    const end = threads.watch(worker);
    await once(worker, 'message');
    await end();
    const [thread] = threads.all;
    await worker.terminate();
    expect(thread!.number).toBe(1);
    expect(thread!.cpu.between(started, now())).toBeGreaterThan(0);
    expect(JSON.parse(thread!.profile!).nodes.length).toBeGreaterThan(1);
  });

  it('goes on without the profile of a thread that has died', async () => {
    const threads = new ObservedThreads(now);
    const [brief, ended] = [
      run(''),
      run(`require('node:worker_threads').parentPort.on('message', () => {})`),
    ];
    const ends = [brief, ended].map((worker) => threads.watch(worker));
    await Promise.all([once(brief, 'exit'), once(ended, 'online').then(() => ended.terminate())]);
    threads.readCpu();
    await Promise.all(ends.map((end) => end()));
    expect(threads.all.map(({ number, profile }) => [number, profile])).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
  });

  it('takes a thread that follows on one of its name that has ended for the same one, and another beside it for another', async () => {
    const threads = new ObservedThreads(now);
    const toil = `
      const end = performance.now() + 30; while (performance.now() < end);
      require('node:worker_threads').parentPort.on('message', () => {}).postMessage('done');
    `;
    const started = now();
    const begin = async () => {
      const worker = new Worker(toil, { eval: true, name: 'days' });
      threads.noteStart(worker);
      await once(worker, 'message');
      threads.readCpu();
      await worker.cpuUsage();
      return worker;
    };
    await (await begin()).terminate();
    const [first] = threads.helpers;
    const ofFirst = first!.cpu.between(started, now());
    expect(ofFirst).toBeGreaterThan(0);
    const second = await begin();
    expect(threads.helpers).toEqual([first]);
    expect(first!.cpu.between(started, now())).toBeGreaterThan(ofFirst);
    const third = await begin();
    expect(threads.helpers.map(({ name }) => name)).toEqual(['days', 'days']);
    await Promise.all([second.terminate(), third.terminate()]);
  });

  it('adds up what batches stay, by thread', () => {
    const threads = new ObservedThreads(now);
    threads.visited(7, 100, 110);
    threads.visited(9, 105, 106);
    threads.visited(7, 120, 140);
    expect(
      threads.all.map(({ number, busy }) => [number, busy.between(0, 200), busy.between(105, 130)]),
    ).toEqual([
      [1, 30, 15],
      [2, 1, 1],
    ]);
  });
});
