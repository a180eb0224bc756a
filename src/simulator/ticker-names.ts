import type { SymbolId } from '../types.ts';

/**
 * Tickers that trip readers, and are (all but a few) real: share classes, preferreds, warrants, units, rights, words
 * that CSV readers take for "no value", single letters. The first of any market, in this order.
 */
const UNUSUAL: readonly SymbolId[] = [
  'SPY',
  'BRK.B',
  'ABRpD',
  'AAM.WS',
  'NA',
  'NAN',
  'TRUE',
  'ON',
  'E',
  'T',
  'BRK.A',
  'BF.B',
  'BACpL',
  'AAM.U',
  'AIIAr',
  'A',
  'F',
  'V',
  'ALL',
  'OR',
  'CON',
  'PRN',
  'MAR',
  'DEC',
  'TEST',
  'NULL',
  'INF',
  'FALSE',
];

const UNUSUAL_NAMES: ReadonlySet<SymbolId> = new Set(UNUSUAL);

const LETTERS = 26;
const FIRST_LETTER = 65;
const SHORTEST = 2;
const LONGEST = 5;

/** Index of the first name of each length: all of two letters, then all of three, and so on. */
const BASE = Array.from({ length: LONGEST + 2 }, (_, length) => {
  let names = 0;
  for (let shorter = SHORTEST; shorter < length; shorter++) names += LETTERS ** shorter;
  return names;
});

/** Indexes of generated names that are among the unusual ones, ascending. */
const DOUBLED = UNUSUAL.map(generatedIndex)
  .filter((index) => index >= 0)
  .sort((a, b) => a - b);

/** Most names there are. */
export const MAX_TICKERS = BASE[LONGEST + 1]! + UNUSUAL.length - DOUBLED.length;

/**
 * `size` distinct tickers: the unusual ones, then two to five letters. A larger market has all names of a smaller one.
 *
 * A name's letters are the digits of its index, last digit first, so that any number of names spreads over the
 * alphabet and yet membership, and the names in order, are computed. Holds nothing.
 */
export class TickerNames {
  readonly #unusual: readonly SymbolId[];
  /** Names with an index below it are members. */
  readonly #limit: number;

  constructor(size: number) {
    const unusual = UNUSUAL.slice(0, size);
    let limit = size - unusual.length;
    for (const index of DOUBLED) if (index < limit) limit++;
    this.#unusual = unusual.sort();
    this.#limit = limit;
  }

  has(name: SymbolId): boolean {
    if (UNUSUAL_NAMES.has(name)) return this.#unusual.includes(name);
    const index = generatedIndex(name);
    return index >= 0 && index < this.#limit;
  }

  /** All names greater than `after`, ascending by code unit. */
  *ascending(after: SymbolId = ''): Generator<SymbolId> {
    const unusual = this.#unusual.filter((name) => name > after);
    let next = 0;
    for (const name of this.#generated('', after)) {
      while (next < unusual.length && unusual[next]! < name) yield unusual[next++]!;
      yield name;
    }
    yield* unusual.slice(next);
  }

  *#generated(prefix: string, after: SymbolId): Generator<SymbolId> {
    for (let letter = 0; letter < LETTERS; letter++) {
      const name = prefix + String.fromCharCode(FIRST_LETTER + letter);
      if (name < after && !after.startsWith(name)) continue;
      if (!this.#anyStartsWith(name)) continue;
      if (name > after && !UNUSUAL_NAMES.has(name) && this.has(name)) yield name;
      if (name.length < LONGEST) yield* this.#generated(name, after);
    }
  }

  #anyStartsWith(prefix: string): boolean {
    const smallest = digits(prefix);
    for (let length = Math.max(prefix.length, SHORTEST); length <= LONGEST; length++) {
      if (BASE[length]! + smallest < this.#limit) return true;
    }
    return false;
  }
}

/** The index of a generated name; −1 where it is not of that form. */
function generatedIndex(name: SymbolId): number {
  return /^[A-Z]{2,5}$/.test(name) ? BASE[name.length]! + digits(name) : -1;
}

function digits(letters: string): number {
  let value = 0;
  for (let index = letters.length - 1; index >= 0; index--) {
    value = value * LETTERS + letters.charCodeAt(index) - FIRST_LETTER;
  }
  return value;
}
