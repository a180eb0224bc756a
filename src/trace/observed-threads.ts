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

/** A thread that does something else, or several of one name, one after the other. */
export interface HelperThread {
  readonly name: string;
  /** Ms of processor time. */
  readonly cpu: LoadCurve;
}

/** Where the processor time of a thread is noted, and what was there of those before it. */
interface Account {
  readonly cpu: LoadCurve;
  readonly before: number;
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
  readonly #running = new Map<Worker, Account>();
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
    const { cpu } = this.#helperOf(worker.threadName ?? 'thread');
    cpu.read(this.#now(), cpu.last);
    this.#running.set(worker, { cpu, before: cpu.last });
    worker.once('exit', () => this.#running.delete(worker));
  }

  /** Profiles a thread from its start until the function that is returned was called. */
  watch(worker: Worker): () => Promise<void> {
    const thread = this.#threadOf(worker.threadId);
    const account = { cpu: thread.cpu, before: 0 };
    thread.cpu.read(this.#now(), 0);
    this.#watched.add(worker);
    // One that dies before it runs is never online.
    const starting = Promise.race([once(worker, 'online'), once(worker, 'exit')])
      .then(() => {
        this.#running.set(worker, account);
        return worker.startCpuProfile();
      })
      .catch(() => undefined);
    return async () => {
      // A thread that waits for work does not keep the process alive, and so would not be waited for here.
      worker.ref();
      const profile = await (await starting)?.stop().catch(() => undefined);
      if (profile !== undefined) thread.profile = profile;
      await this.#readCpu(worker, account);
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
    for (const [worker, account] of this.#running) void this.#readCpu(worker, account);
  }

  async #readCpu(worker: Worker, { cpu, before }: Account): Promise<void> {
    const usage = await worker.cpuUsage().catch(() => undefined);
    if (usage === undefined) return;
    cpu.read(this.#now(), before + (usage.user + usage.system) / 1000);
  }

  /** The one of that name that does not run any more, or a new one. */
  #helperOf(name: string): HelperThread {
    const running = new Set(Array.from(this.#running.values(), ({ cpu }) => cpu));
    let helper = this.#helpers.find((other) => other.name === name && !running.has(other.cpu));
    if (helper === undefined) {
      helper = { name, cpu: new LoadCurve() };
      this.#helpers.push(helper);
    }
    return helper;
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
