import { tmpdir } from 'node:os';
import { LostGroundError } from '../errors.ts';
import { ROW_WIDTH } from '../features.ts';
import type { FeatureRow } from '../types.ts';
import { ScratchFile } from './scratch-file.ts';

export interface RowStoreOptions {
  /** Bytes that rows may take in memory; at least one is there. @default 64 MiB, 114,688 rows */
  readonly memoryBytes?: number | undefined;
  /** Where the file for them is made. @default the system's folder for temporary files */
  readonly folder?: string | undefined;
  /** Told once why rows stay in memory that should have left it. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

const MEMORY_BYTES = 64 * 2 ** 20;
const MOST_BLOCK_ROWS = 4096;
/** Blocks in memory, at least: one of them is not full. */
const LEAST_BLOCKS = 8;
const ROW_BYTES = ROW_WIDTH * Float64Array.BYTES_PER_ELEMENT;

/**
 * Rows of numbers, by the order in which they came. Where they take more than a bound, they leave memory for a temporary
 * file without a name, and those that come later follow a block at a time; where they do not, no file is opened.
 *
 * Failure: where the file cannot be written (a full disk), what is not in it stays in memory, and `onTrouble` is told. What
 * is in it and cannot be read is a `LostGroundError`. Holds: up to `memoryBytes`; a block once rows have left, and one more
 * while all are gone through. A file descriptor, until `release`, or until nobody can reach the store any more.
 */
export class RowStore {
  readonly #folder: string;
  readonly #onTrouble: (error: unknown) => void;
  readonly #blockRows: number;
  readonly #mostBlocks: number;
  /** Those in memory; the ones before them are in the file. */
  readonly #blocks: Float64Array[] = [];
  #left = 0;
  #length = 0;
  #file: ScratchFile | undefined;
  #isTroubled = false;
  /** The row that was read last. */
  readonly #read = new Float64Array(ROW_WIDTH);
  readonly #readBytes = new Uint8Array(this.#read.buffer);

  constructor({ memoryBytes = MEMORY_BYTES, folder = tmpdir(), onTrouble = () => {} }: RowStoreOptions = {}) {
    const mostRows = Math.max(1, Math.floor(memoryBytes / ROW_BYTES));
    this.#blockRows = Math.max(1, Math.min(MOST_BLOCK_ROWS, Math.floor(mostRows / LEAST_BLOCKS)));
    this.#mostBlocks = Math.floor(mostRows / this.#blockRows);
    this.#folder = folder;
    this.#onTrouble = onTrouble;
  }

  get length(): number {
    return this.#length;
  }

  /** Whether some rows are not in memory: one by one, they cost a call of the system each. */
  get hasLeft(): boolean {
    return this.#left > 0;
  }

  /** Copies a row in. */
  push(row: FeatureRow): void {
    const at = this.#length % this.#blockRows;
    if (at === 0) this.#makeRoom();
    this.#blocks.at(-1)!.set(row, at * ROW_WIDTH);
    this.#length++;
  }

  /** A row by its place; to be used before the next one is asked for. */
  row(index: number): FeatureRow {
    const block = Math.floor(index / this.#blockRows) - this.#left;
    if (block < 0) {
      this.#readBack(this.#readBytes, index * ROW_BYTES);
      return this.#read;
    }
    const start = (index % this.#blockRows) * ROW_WIDTH;
    return this.#blocks[block]!.subarray(start, start + ROW_WIDTH);
  }

  /** All rows, a block of the file in one piece; each is to be used before the next one is asked for. */
  *[Symbol.iterator](): Generator<FeatureRow> {
    let read: Float64Array | undefined;
    for (let first = 0; first < this.#length; first += this.#blockRows) {
      let block = this.#blocks[first / this.#blockRows - this.#left];
      if (block === undefined) {
        block = read ??= this.#newBlock();
        this.#readBack(bytesOf(block), first * ROW_BYTES);
      }
      const end = Math.min(this.#blockRows, this.#length - first) * ROW_WIDTH;
      for (let start = 0; start < end; start += ROW_WIDTH) yield block.subarray(start, start + ROW_WIDTH);
    }
  }

  /** Closes the file: what is in it is gone. */
  release(): void {
    this.#file?.close();
  }

  #makeRoom(): void {
    const isFull = this.#left > 0 || this.#blocks.length === this.#mostBlocks;
    const free = isFull && !this.#isTroubled ? this.#leave() : undefined;
    this.#blocks.push(free ?? this.#newBlock());
  }

  /** Writes all blocks to the file, as far as it goes. A block that left can be filled anew. */
  #leave(): Float64Array | undefined {
    let free: Float64Array | undefined;
    try {
      this.#file ??= new ScratchFile(this.#folder);
      for (let [first] = this.#blocks; first !== undefined; [first] = this.#blocks) {
        this.#file.write(bytesOf(first), this.#left * first.byteLength);
        this.#left++;
        free = this.#blocks.shift();
      }
    } catch (error) {
      this.#isTroubled = true;
      this.#onTrouble(error);
    }
    return free;
  }

  #readBack(bytes: Uint8Array, position: number): void {
    try {
      this.#file!.read(bytes, position);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new LostGroundError(
        `cannot read rows of the ranking back from the temporary file in ${this.#folder}: ${reason}; ` +
          'set TMPDIR to a folder on another disk',
        { cause },
      );
    }
  }

  #newBlock(): Float64Array {
    return new Float64Array(this.#blockRows * ROW_WIDTH);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
