import { Worker } from 'node:worker_threads';
import type { StoreEntry } from '../types.ts';
import {
  END,
  packEntries,
  type WriteAnswer,
  type WriteRequest,
  type WriterSetup,
} from './writer-messages.ts';

export interface DiskWriterOptions extends WriterSetup {
  /** Writes on this thread: what is left to do when the other one is gone. */
  readonly writeHere: (entries: readonly StoreEntry[]) => void;
  /** How often the file was started afresh so far. */
  readonly generation: () => number;
  /** Starts it afresh: the thread found it damaged. */
  readonly startAfresh: () => void;
  /** The module that the thread runs. */
  readonly entry: URL;
}

/** Bytes that are on their way to the thread, but for a single write that is larger. */
const MOST_UNDER_WAY = 16 * 2 ** 20;

interface Write {
  readonly entries: readonly StoreEntry[];
  readonly bytes: number;
  /** The file that it was sent to, and whether that was found damaged before. */
  generation: number;
  isSecond: boolean;
  readonly settle: PromiseWithResolvers<void>;
}

/**
 * A thread that stores what it is handed, a transaction a write, in the order of the calls.
 *
 * Where the thread cannot start, or dies, what it had not stored is written here, and so is all that comes after. Failure:
 * a write's own. Holds: at most 16 MB on their way, copied unless in shared memory, and whatever its callers wait for.
 */
export class DiskWriter {
  readonly #options: DiskWriterOptions;
  /** Until it is gone. */
  #thread: Worker | undefined;
  readonly #ended = Promise.withResolvers<void>();
  /** Sent and not answered, and not sent yet, both in order. */
  readonly #sent: Write[] = [];
  readonly #waiting: Write[] = [];
  /** Answered for a file that is gone: to be sent anew once all of that file are back. */
  readonly #again: Write[] = [];
  #bytesUnderWay = 0;

  constructor(options: DiskWriterOptions) {
    const { file, maxBytes } = options;
    const workerData: WriterSetup = { file, maxBytes };
    this.#options = options;
    try {
      this.#thread = new Worker(options.entry, { workerData, name: 'cache', execArgv: [] });
    } catch {
      this.#takeOver();
      return;
    }
    this.#thread.on('message', (answer: WriteAnswer) => this.#take(answer));
    // It ends with that, which says all that counts.
    this.#thread.on('error', () => {});
    this.#thread.on('exit', () => this.#takeOver());
    // Idle, it keeps no process from ending.
    this.#thread.unref();
  }

  write(entries: readonly StoreEntry[]): Promise<void> {
    const bytes = entries.reduce((sum, { series }) => sum + series.byteLength, 0);
    const settle = Promise.withResolvers<void>();
    this.#waiting.push({ entries, bytes, generation: 0, isSecond: false, settle });
    this.#proceed();
    return settle.promise;
  }

  /** Resolves when all that was accepted is stored, or has failed, and the thread has ended. */
  async close(): Promise<void> {
    await Promise.allSettled(
      [...this.#again, ...this.#sent, ...this.#waiting].map(({ settle }) => settle.promise),
    );
    this.#thread?.ref();
    this.#thread?.postMessage(END);
    await this.#ended.promise;
  }

  #proceed(): void {
    if (this.#again.length > 0) return;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const thread = this.#thread;
      const isFull = this.#sent.length > 0 && this.#bytesUnderWay + next.bytes > MOST_UNDER_WAY;
      if (thread !== undefined && isFull) return;
      this.#waiting.shift();
      if (thread === undefined) this.#writeHere(next);
      else this.#send(next, thread);
    }
  }

  #send(write: Write, thread: Worker): void {
    write.generation = this.#options.generation();
    this.#sent.push(write);
    this.#bytesUnderWay += write.bytes;
    const request: WriteRequest = { generation: write.generation, ...packEntries(write.entries) };
    thread.ref();
    thread.postMessage(request, [request.blocks[0]]);
  }

  #take(answer: WriteAnswer): void {
    const write = this.#sent.shift()!;
    this.#bytesUnderWay -= write.bytes;
    if (answer.kind === 'damaged' && write.generation === this.#options.generation()) {
      // A fresh file that is damaged too is something else.
      if (write.isSecond) write.settle.reject(answer.error);
      else this.#startAfresh(write);
    }
    if (write.generation !== this.#options.generation()) this.#again.push(write);
    else if (answer.kind === 'stored') write.settle.resolve();
    else write.settle.reject(answer.error);
    if (this.#sent.length === 0) this.#waiting.unshift(...this.#again.splice(0));
    this.#proceed();
    if (this.#sent.length === 0) this.#thread?.unref();
  }

  #startAfresh(write: Write): void {
    write.isSecond = true;
    try {
      this.#options.startAfresh();
    } catch {
      // The thread meets the same when it opens the file, and says so.
    }
  }

  /** The thread is gone. */
  #takeOver(): void {
    this.#thread = undefined;
    this.#waiting.unshift(...this.#again.splice(0), ...this.#sent.splice(0));
    this.#proceed();
    this.#ended.resolve();
  }

  #writeHere({ entries, settle }: Write): void {
    try {
      this.#options.writeHere(entries);
      settle.resolve();
    } catch (error) {
      settle.reject(error);
    }
  }
}
