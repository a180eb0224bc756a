import { FLAG_OLDER_EXIST, layOutSeries } from '../series.ts';
import type { History, SeriesBytes, Session } from '../types.ts';

/** Session, open, high, low, close, volume. */
const CELLS = 6;
const FIRST_ROWS = 64;

/**
 * The bars of one symbol as they gather, of one history: what is outside of it is not kept.
 *
 * Order: any; of two bars of a session the one that came last counts. Holds: 48 bytes a bar, at most twice the bars of
 * the history (64 at least).
 */
export class BarColumns {
  readonly #history: History;
  #cells = new Float64Array(FIRST_ROWS * CELLS);
  #rows = 0;
  #isAscending = true;
  #olderExist = false;
  #duplicates = 0;

  constructor(history: History) {
    this.#history = history;
  }

  /** Bytes taken. */
  get byteLength(): number {
    return this.#cells.byteLength;
  }

  /** Adds a bar. Its numbers must be finite. */
  add(session: Session, open: number, high: number, low: number, close: number, volume: number): void {
    const { from, to } = this.#history;
    if (session > to) return;
    if (session < from) {
      this.#olderExist = true;
      return;
    }
    if ((this.#rows + 1) * CELLS > this.#cells.length) this.#makeRoom();
    const cells = this.#cells;
    const at = this.#rows++ * CELLS;
    if (at > 0 && session <= cells[at - CELLS]!) this.#isAscending = false;
    cells[at] = session;
    cells[at + 1] = open;
    cells[at + 2] = high;
    cells[at + 3] = low;
    cells[at + 4] = close;
    cells[at + 5] = volume;
  }

  /** The newest bars of the history, or of a part of it up to the same session, as an encoded series. */
  encode(flags: number, { from, to, bars }: History = this.#history): SeriesBytes {
    this.tidy();
    const cells = this.#cells;
    let first = Math.max(0, this.#rows - bars);
    while (first < this.#rows && cells[first * CELLS]! < from) first++;
    const olderExist = this.#olderExist || first > 0;
    const count = this.#rows - first;
    const series = layOutSeries({
      bars: count,
      from,
      to,
      flags: flags | (olderExist ? FLAG_OLDER_EXIST : 0),
    });
    const { session, open, high, low, close, volume } = series;
    for (let bar = 0; bar < count; bar++) {
      const at = (first + bar) * CELLS;
      session[bar] = cells[at]!;
      open[bar] = cells[at + 1]!;
      high[bar] = cells[at + 2]!;
      low[bar] = cells[at + 3]!;
      close[bar] = cells[at + 4]!;
      volume[bar] = cells[at + 5]!;
    }
    return series.bytes;
  }

  /** Puts the bars in order, one a session; returns how many gave way to a later one of their session, so far. */
  tidy(): number {
    if (this.#isAscending) return this.#duplicates;
    const cells = this.#cells;
    const sessionAt = (row: number) => cells[row * CELLS]!;
    // Sorting is stable: of equal sessions the one that came last stays last.
    const order = Array.from({ length: this.#rows }, (_, row) => row).sort(
      (a, b) => sessionAt(a) - sessionAt(b),
    );
    const kept = order.filter(
      (row, index) => index + 1 === order.length || sessionAt(order[index + 1]!) !== sessionAt(row),
    );
    const tidy = new Float64Array(cells.length);
    kept.forEach((row, index) => {
      tidy.set(cells.subarray(row * CELLS, (row + 1) * CELLS), index * CELLS);
    });
    this.#duplicates += this.#rows - kept.length;
    this.#cells = tidy;
    this.#rows = kept.length;
    this.#isAscending = true;
    return this.#duplicates;
  }

  #makeRoom(): void {
    const { bars } = this.#history;
    if (this.#rows >= 2 * bars) {
      this.tidy();
      const surplus = this.#rows - bars;
      if (surplus > 0) {
        this.#cells.copyWithin(0, surplus * CELLS, this.#rows * CELLS);
        this.#rows = bars;
        this.#olderExist = true;
      }
      return;
    }
    const larger = new Float64Array(Math.min(2 * this.#rows, 2 * bars) * CELLS);
    larger.set(this.#cells);
    this.#cells = larger;
  }
}
