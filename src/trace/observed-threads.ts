import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { LoadCurve } from './load-curve.ts';

/** A thread beside the main one: what it did, and what it took. */
export interface ObservedThread {
  /** From 1, in the order in which threads were first seen. */
  readonly number: number;
  /** Ms that batches stayed on it. */
  readonly busy: LoadCurve;
  /** Ms of processor time. */
  readonly cpu: LoadCurve;
  /** Its `.cpuprofile`, once it has ended; none where it died before. */
  profile?: string;
}

/** A thread that does something else. */
export interface HelperThread {
  readonly name: string;
  /** Ms of processor time. */
  readonly cpu: LoadCurve;
}

/**
 * Threads as seen from outside, those that score and others: they need not know that they are watched.
 *
 * A thread that waits for its next batch blocks its event loop, so the loop's utilisation says nothing: busy is what
 * batches stay, and processor time is asked for, which interrupts even a thread that waits. Failure: none; a thread that
 * has died has no more readings. Holds: a reading a batch and a sample, and the profiles.
 */
export class ObservedThreads {
  readonly #now: () => number;
  readonly #byId = new Map<number, ObservedThread & { busyMs: number }>();
  /** What is read of each thread that runs. */
  readonly #running = new Map<Worker, LoadCurve>();
  readonly #watched = new WeakSet<Worker>();
  readonly #helpers: HelperThread[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get all(): readonly ObservedThread[] {
    return [...this.#byId.values()];
  }

  get helpers(): readonly HelperThread[] {
    return this.#helpers;
  }

  /** Takes a thread that is starting for a helper, where nobody watches it, until it ends. */
  noteStart(worker: Worker): void {
    if (this.#watched.has(worker)) return;
    const cpu = new LoadCurve();
    cpu.read(this.#now(), 0);
    this.#helpers.push({ name: worker.threadName ?? 'thread', cpu });
    this.#running.set(worker, cpu);
    worker.once('exit', () => this.#running.delete(worker));
  }

  /** Profiles a thread from its start until the function that is returned was called. */
  watch(worker: Worker): () => Promise<void> {
    const thread = this.#threadOf(worker.threadId);
    thread.cpu.read(this.#now(), 0);
    this.#watched.add(worker);
    // One that dies before it runs is never online.
    const starting = Promise.race([once(worker, 'online'), once(worker, 'exit')])
      .then(() => {
        this.#running.set(worker, thread.cpu);
        return worker.startCpuProfile();
      })
      .catch(() => undefined);
    return async () => {
      // A thread that waits for work does not keep the process alive, and so would not be waited for here.
      worker.ref();
      const profile = await (await starting)?.stop().catch(() => undefined);
      if (profile !== undefined) thread.profile = profile;
      await this.#readCpu(worker, thread.cpu);
      this.#running.delete(worker);
    };
  }

  /** Adds a stay of a batch, in `performance.now()` of this thread. */
  visited(threadId: number, started: number, ended: number): ObservedThread {
    const thread = this.#threadOf(threadId);
    thread.busy.read(started, thread.busyMs);
    thread.busyMs += ended - started;
    thread.busy.read(ended, thread.busyMs);
    return thread;
  }

  /** Asks every thread for its processor time so far. */
  readCpu(): void {
    for (const [worker, cpu] of this.#running) void this.#readCpu(worker, cpu);
  }

  async #readCpu(worker: Worker, cpu: LoadCurve): Promise<void> {
    const usage = await worker.cpuUsage().catch(() => undefined);
    if (usage === undefined) return;
    cpu.read(this.#now(), (usage.user + usage.system) / 1000);
  }

  #threadOf(id: number): ObservedThread & { busyMs: number } {
    let thread = this.#byId.get(id);
    if (thread === undefined) {
      thread = {
        number: this.#byId.size + 1,
        busy: new LoadCurve(),
        cpu: new LoadCurve(),
        busyMs: 0,
      };
      this.#byId.set(id, thread);
    }
    return thread;
  }
}
