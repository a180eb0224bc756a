import { createSymbolList, findRows, type MarketDay, type SymbolList } from '../market-day.ts';
import { layOutSeries, type Series, viewSeries } from '../series.ts';
import type { SeriesBytes, Session, SymbolId } from '../types.ts';

/** Bytes that a panel takes for each bar that it may have. */
export const PANEL_BYTES_PER_BAR = 40;

/**
 * Bars of many symbols over some sessions: filled day by day, read symbol by symbol.
 *
 * Holds: 40 bytes for each symbol and session, whether there is a bar or not.
 */
export class Panel {
  readonly #list: SymbolList;
  readonly #sessions: readonly Session[];
  readonly #position: ReadonlyMap<Session, number>;
  readonly #columns: readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

  /** @param sessions Ascending. */
  constructor(symbols: readonly SymbolId[], sessions: readonly Session[]) {
    this.#list = createSymbolList(symbols);
    this.#sessions = sessions;
    this.#position = new Map(sessions.map((session, index) => [session, index]));
    const column = () => new Float64Array(symbols.length * sessions.length);
    this.#columns = [column(), column(), column(), column().fill(Number.NaN), column()];
  }

  /** Takes the bars of a day in. A day of another session is left out. */
  add(day: MarketDay): void {
    const at = this.#position.get(day.session);
    if (at === undefined) return;
    const rows = findRows(day, this.#list);
    const [open, high, low, close, volume] = this.#columns;
    const width = this.#sessions.length;
    for (let symbol = 0; symbol < rows.length; symbol++) {
      const row = rows[symbol]!;
      if (row < 0) continue;
      const cell = symbol * width + at;
      open[cell] = day.open[row]!;
      high[cell] = day.high[row]!;
      low[cell] = day.low[row]!;
      close[cell] = day.close[row]!;
      volume[cell] = day.volume[row]!;
    }
  }

  /** A panel of series: the bars that they have at its sessions. */
  static of(
    series: ReadonlyMap<SymbolId, SeriesBytes>,
    symbols: readonly SymbolId[],
    sessions: readonly Session[],
  ): Panel {
    const panel = new Panel(symbols, sessions);
    const width = sessions.length;
    for (const [symbol, name] of symbols.entries()) {
      const bytes = series.get(name);
      if (bytes === undefined) continue;
      const { bars, session, open, high, low, close, volume } = viewSeries(bytes);
      for (let bar = 0; bar < bars; bar++) {
        const at = panel.#position.get(session[bar]!);
        if (at === undefined) continue;
        const cell = symbol * width + at;
        for (const [index, column] of [open, high, low, close, volume].entries()) {
          panel.#columns[index]![cell] = column[bar]!;
        }
      }
    }
    return panel;
  }

  /** The bars of a symbol, by its place in the list, as a series of `from` to `to`. */
  series(symbol: number, from: Session, to: Session): SeriesBytes {
    const cells = this.#cellsOf(symbol);
    const series = layOutSeries({ bars: cells.length, from, to, flags: 0 });
    this.#copy(symbol, cells, series, 0);
    return series.bytes;
  }

  /**
   * A series with the bars of this panel instead of its own at the same sessions, and behind them, up to `to`; its oldest
   * bars go where there are more than `most`. `corrected` where a bar that both have differs.
   */
  extend(
    symbol: number,
    bytes: SeriesBytes,
    to: Session,
    most: number,
  ): { readonly series: SeriesBytes; readonly corrected: boolean } {
    const old = viewSeries(bytes);
    const cells = this.#cellsOf(symbol);
    const first = cells.length === 0 ? Number.POSITIVE_INFINITY : this.#sessions[cells[0]!]!;
    let kept = old.bars;
    while (kept > 0 && old.session[kept - 1]! >= first) kept--;
    const dropped = Math.max(0, kept + cells.length - most);
    const bars = kept + cells.length - dropped;
    const from = dropped === 0 ? old.from : old.session[dropped]!;
    const series = layOutSeries({ bars, from: Math.max(old.from, from), to, flags: old.flags });
    for (const name of ['open', 'high', 'low', 'close', 'volume', 'session'] as const) {
      series[name].set(old[name].subarray(dropped, kept));
    }
    this.#copy(symbol, cells, series, kept - dropped);
    return { series: series.bytes, corrected: this.#differs(symbol, cells, old, kept) };
  }

  /** Whether the bars from `start` on of a series are others than this panel has for their sessions. */
  #differs(symbol: number, cells: readonly number[], old: Series, start: number): boolean {
    const width = this.#sessions.length;
    for (let bar = start; bar < old.bars; bar++) {
      const at = this.#position.get(old.session[bar]!);
      if (at === undefined || !cells.includes(at)) return true;
      const cell = symbol * width + at;
      const own = [old.open, old.high, old.low, old.close, old.volume];
      if (own.some((column, index) => column[bar] !== this.#columns[index]![cell])) return true;
    }
    return false;
  }

  /** Positions of the sessions at which a symbol has a bar. */
  #cellsOf(symbol: number): number[] {
    const width = this.#sessions.length;
    const close = this.#columns[3];
    const cells: number[] = [];
    for (let at = 0; at < width; at++) if (!Number.isNaN(close[symbol * width + at]!)) cells.push(at);
    return cells;
  }

  #copy(symbol: number, cells: readonly number[], to: Series, offset: number): void {
    const start = symbol * this.#sessions.length;
    const targets = [to.open, to.high, to.low, to.close, to.volume];
    for (const [index, target] of targets.entries()) {
      const column = this.#columns[index]!;
      for (let bar = 0; bar < cells.length; bar++) target[offset + bar] = column[start + cells[bar]!]!;
    }
    for (let bar = 0; bar < cells.length; bar++) to.session[offset + bar] = this.#sessions[cells[bar]!]!;
  }
}
