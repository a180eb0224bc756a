import { ScanError } from '../../errors.ts';
import type { History, SymbolId } from '../../types.ts';
import { BarColumns } from '../bar-columns.ts';
import type { BarTaker } from './bar-reader.ts';

/** How a symbol stands in a file: its bars, or what is wrong with them. */
export type Gathered = BarColumns | ScanError;

/**
 * The bars of all symbols of a file, gathered in one pass, of one history.
 *
 * Bars of a file that names no symbols belong to `fallback`. Failure: `bad-bars` of one symbol is kept as its failure; a
 * file that needs more than `maxBytes` is refused. Holds: 48 bytes a bar, at most twice the bars of the history a symbol.
 */
export class WholeFile implements BarTaker {
  readonly bySymbol = new Map<SymbolId, Gathered>();
  readonly history: History;
  readonly #fallback: SymbolId;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(history: History, fallback: SymbolId, maxBytes: number) {
    this.history = history;
    this.#fallback = fallback;
    this.#maxBytes = maxBytes;
  }

  bar(symbol: SymbolId = this.#fallback, ...bar: Parameters<BarColumns['add']>): void {
    let columns = this.bySymbol.get(symbol);
    if (columns === undefined) {
      columns = new BarColumns(this.history);
      this.bySymbol.set(symbol, columns);
      this.#grow(columns.byteLength);
    }
    if (!(columns instanceof BarColumns)) return;
    const before = columns.byteLength;
    columns.add(...bar);
    if (columns.byteLength !== before) this.#grow(columns.byteLength - before);
  }

  bad(symbol: SymbolId | undefined, error: ScanError): void {
    this.bySymbol.set(symbol ?? this.#fallback, error);
  }

  /** Whether what was gathered answers for `history` too. */
  covers({ from, to, bars }: History): boolean {
    return to === this.history.to && from >= this.history.from && bars <= this.history.bars;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#maxBytes) return;
    const limit = `${Math.round(this.#maxBytes / 2 ** 20)} MiB`;
    throw new ScanError('too-large', `An archive whose bars take more than ${limit}`, { stage: 'decode' });
  }
}
