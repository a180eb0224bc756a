import { basename } from 'node:path';
import { ScanError } from '../../errors.ts';
import type { Session, SymbolId } from '../../types.ts';
import { canonicalSymbol } from '../../universe/spelling.ts';
import { createDayReader } from '../day-reader.ts';
import { SPELLINGS } from '../spelling.ts';
import type { Columns } from './columns.ts';

/** Takes what a file says: bars, and what is wrong with the bars of one symbol. */
export interface BarTaker {
  /** `symbol` is undefined in a file that does not name symbols. */
  bar(
    symbol: SymbolId | undefined,
    session: Session,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void;
  bad(symbol: SymbolId | undefined, error: ScanError): void;
}

/** For all files: the ones of an archive share their dates. */
const dayOf = createDayReader();

/** How files say that there is no number. */
const BLANK = /^(?:null|nan|n\/a|na|-)?$/i;

/**
 * Makes bars of the rows of a file, whatever held them: CSV or Parquet.
 *
 * Rows without one of the numbers are left out. A row that is wrong otherwise is told to the taker, as a failure of its
 * symbol, with file and row; thrown where it does not say whose it is. Holds: each symbol once, and each date that was ever read.
 */
export class BarReader {
  readonly #name: string;
  readonly #columns: Columns;
  readonly #taker: BarTaker;
  readonly #symbols = new Map<string, SymbolId>();

  constructor(path: string, columns: Columns, taker: BarTaker) {
    this.#name = basename(path);
    this.#columns = columns;
    this.#taker = taker;
  }

  /** Takes a row; `line` counts from 1. Values are texts, or what a Parquet column has. */
  row(values: readonly unknown[], line: number): void {
    const columns = this.#columns;
    const symbol = this.#symbolOf(values);
    if (symbol === '') {
      this.#refuse(undefined, line, 'a symbol', '');
      return;
    }
    const open = numberOf(values[columns.open]);
    const high = numberOf(values[columns.high]);
    const low = numberOf(values[columns.low]);
    const close = numberOf(values[columns.close]);
    const volume = numberOf(values[columns.volume]);
    if (Number.isNaN(open + high + low + close + volume)) {
      const blank = [open, high, low, close, volume].findIndex(Number.isNaN);
      const text = String(values[columns[NUMBERS[blank]!]] ?? '');
      if (!BLANK.test(text.trim()))
        this.#refuse(symbol, line, `a number in column \`${NUMBERS[blank]}\``, text);
      return;
    }
    if (columns.period >= 0 && values[columns.period] !== 'D') {
      this.#refuse(symbol, line, 'daily bars (D)', String(values[columns.period]));
      return;
    }
    const date = values[columns.date];
    const session = dayOf(date instanceof Date ? date.toISOString() : String(date));
    if (Number.isNaN(session)) this.#refuse(symbol, line, 'a date (YYYY-MM-DD)', String(date));
    else this.#taker.bar(symbol, session, open, high, low, close, volume);
  }

  /** A row that has not the fields of the header. */
  refuseRow(values: readonly unknown[], line: number, expected: number): void {
    const named = this.#symbolOf(values) || undefined;
    this.#refuse(named, line, `${expected} columns`, String(values.length));
  }

  #refuse(symbol: SymbolId | undefined, line: number, expected: string, got: string): void {
    const shown = JSON.stringify(got.slice(0, 40));
    const message = `${this.#name}:${line}: expected ${expected}, got ${shown}`;
    const error = new ScanError('bad-bars', message, { stage: 'decode' });
    if (symbol === undefined && this.#columns.symbol >= 0) throw error;
    this.#taker.bad(symbol, error);
  }

  /** Undefined where the file names none, empty where the row does not. */
  #symbolOf(values: readonly unknown[]): SymbolId | undefined {
    if (this.#columns.symbol < 0) return undefined;
    const text = String(values[this.#columns.symbol] ?? '').trim();
    let symbol = this.#symbols.get(text);
    if (symbol === undefined) {
      // A copy: a text that was cut out of a larger one keeps all of that.
      const own = Buffer.from(text).toString();
      symbol = SPELLINGS.stooq.fromProvider(own) ?? canonicalSymbol(own) ?? own;
      this.#symbols.set(own, symbol);
    }
    return symbol;
  }
}

const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** NaN where there is none: blank and null would be 0, and infinities are no numbers here. */
function numberOf(value: unknown): number {
  if (value === null || (typeof value === 'string' && value.trim() === '')) return Number.NaN;
  const number = Number(value);
  return Number.isFinite(number) ? number : Number.NaN;
}
