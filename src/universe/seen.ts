import type { SymbolId } from '../types.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.';
const MAX_PACKED_LENGTH = 10;
const FIRST_CAPACITY = 1024;

/** Six bits for each character of the alphabet, from 1; 0 for all other characters. */
const CODES = new Uint8Array(128);
for (let index = 0; index < ALPHABET.length; index++) CODES[ALPHABET.charCodeAt(index)] = index + 1;

/**
 * An exact set of symbols, several times as small as a `Set`, and nothing for the garbage collector to walk.
 *
 * Up to ten characters of the alphabet are packed into 60 bits, which are the key itself: equal keys are equal
 * symbols. Open addressing with linear probing; the table doubles when it is three quarters full, so that an entry
 * takes 11 to 21 bytes (and one and a half times the table for a moment while it doubles). The rare symbol that
 * cannot be packed lives in a plain set.
 */
export class Seen {
  /** Two words an entry; an entry whose first word is 0 is free, because a first character is never 0. */
  #table = new Uint32Array(2 * FIRST_CAPACITY);
  #mask = FIRST_CAPACITY - 1;
  #packed = 0;
  readonly #others = new Set<string>();

  get size(): number {
    return this.#packed + this.#others.size;
  }

  /** Bytes of the table; symbols that could not be packed are not counted. */
  get bytes(): number {
    return this.#table.byteLength;
  }

  /** Adds a symbol; true where it is new. */
  add(symbol: SymbolId): boolean {
    const { length } = symbol;
    if (length === 0 || length > MAX_PACKED_LENGTH) return this.#addOther(symbol);
    let low = 0;
    let high = 0;
    for (let index = 0; index < length; index++) {
      const unit = symbol.charCodeAt(index);
      const code = unit < CODES.length ? CODES[unit]! : 0;
      if (code === 0) return this.#addOther(symbol);
      if (index < 5) low = (low << 6) | code;
      else high = (high << 6) | code;
    }
    return this.#addPacked(low, high);
  }

  #addPacked(low: number, high: number): boolean {
    const table = this.#table;
    let slot = hash(low, high) & this.#mask;
    for (;;) {
      const word = table[2 * slot]!;
      if (word === 0) break;
      if (word === low && table[2 * slot + 1] === high) return false;
      slot = (slot + 1) & this.#mask;
    }
    table[2 * slot] = low;
    table[2 * slot + 1] = high;
    this.#packed++;
    if (this.#packed > 0.75 * (this.#mask + 1)) this.#grow();
    return true;
  }

  #addOther(symbol: string): boolean {
    const before = this.#others.size;
    return this.#others.add(symbol).size > before;
  }

  #grow(): void {
    const old = this.#table;
    const table = new Uint32Array(2 * old.length);
    this.#mask = table.length / 2 - 1;
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at]!;
      if (low === 0) continue;
      const high = old[at + 1]!;
      let slot = hash(low, high) & this.#mask;
      while (table[2 * slot] !== 0) slot = (slot + 1) & this.#mask;
      table[2 * slot] = low;
      table[2 * slot + 1] = high;
    }
    this.#table = table;
  }
}

/** Mixes both words so that neighbours in the alphabet are far apart: the finalizer of MurmurHash3 (Appleby, 2011). */
function hash(low: number, high: number): number {
  let h = low ^ Math.imul(high, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
