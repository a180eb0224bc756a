import type { MarketDay } from '../market-day.ts';
import {
  createPanelShape,
  NUMBER_COLUMNS,
  PANEL_BYTES_PER_BAR,
  PanelFiller,
  type PanelShape,
  slotOf,
} from '../panel-filler.ts';
import { layOutSeries, SERIES_HEADER_BYTES, type Series, seriesByteLength, viewSeries } from '../series.ts';
import type { SeriesBytes, Session, SymbolId } from '../types.ts';
import type { SharedRoom } from './shared-room.ts';

/**
 * Bars of many symbols over some sessions: filled day by day, read symbol by symbol.
 *
 * Its memory is laid out by `panel-filler.ts`: what is read lies there as the series that it is. Holds: what the shape and its
 * filler hold.
 */
export class Panel {
  /** What others need to fill it, too. */
  readonly shape: PanelShape;
  readonly #filler: PanelFiller;
  readonly #sessions: readonly Session[];
  readonly #position: ReadonlyMap<Session, number>;
  readonly #numbers: readonly Float64Array[];
  readonly #integers: readonly Int32Array[];
  /** What `#barsOf` answers with. */
  readonly #found: Uint32Array;

  /** @param sessions Ascending. */
  constructor(symbols: readonly SymbolId[], sessions: readonly Session[]) {
    this.shape = createPanelShape(symbols, sessions);
    this.#filler = new PanelFiller(this.shape);
    this.#sessions = sessions;
    this.#position = new Map(sessions.map((session, index) => [session, index]));
    this.#numbers = this.shape.blocks.map((block) => new Float64Array(block));
    this.#integers = this.shape.blocks.map((block) => new Int32Array(block));
    this.#found = new Uint32Array(sessions.length);
  }

  /** Takes the bars of a day in. A day of another session is left out. */
  add(day: MarketDay): void {
    this.#filler.add(day);
  }

  /** A panel of series: the bars that they have at its sessions. */
  static of(
    series: ReadonlyMap<SymbolId, SeriesBytes>,
    symbols: readonly SymbolId[],
    sessions: readonly Session[],
  ): Panel {
    const panel = new Panel(symbols, sessions);
    for (const [symbol, name] of symbols.entries()) {
      const bytes = series.get(name);
      if (bytes === undefined) continue;
      const from = viewSeries(bytes);
      const { numbers, start, sessions: places, startOfSessions } = panel.#slotOf(symbol);
      for (let bar = 0; bar < from.bars; bar++) {
        const at = panel.#position.get(from.session[bar]!);
        if (at === undefined) continue;
        for (const [index, column] of NUMBER_COLUMNS.entries()) {
          numbers[start + index * sessions.length + at] = from[column][bar]!;
        }
        places[startOfSessions + at] = from.session[bar]!;
      }
    }
    return panel;
  }

  /**
   * The bars of a symbol, by its place in the list, as a series of `from` to `to`. It lies where they lay: the panel has
   * them no longer.
   */
  take(symbol: number, from: Session, to: Session): SeriesBytes {
    const found = this.#barsOf(symbol);
    const bars = found.length;
    const width = this.#sessions.length;
    const { numbers, start } = this.#slotOf(symbol);
    if (bars < width) {
      // Each goes to a place that is not behind its own: none is overwritten that has not gone.
      for (let index = 0; index < NUMBER_COLUMNS.length; index++) {
        const column = start + index * width;
        const moved = start + index * bars;
        for (let bar = 0; bar < bars; bar++) numbers[moved + bar] = numbers[column + found[bar]!]!;
      }
    }
    const offset = start * 8 - SERIES_HEADER_BYTES;
    const { bytes, session } = layOutSeries({ bars, from, to, flags: 0 }, numbers.buffer, offset);
    if (bars < width) for (let bar = 0; bar < bars; bar++) session[bar] = this.#sessions[found[bar]!]!;
    // The padding: the same bars are the same bytes.
    bytes.fill(0, SERIES_HEADER_BYTES + bars * PANEL_BYTES_PER_BAR);
    return bytes;
  }

  /**
   * A series with the bars of this panel instead of its own at the same sessions, and behind them, up to `to`; its oldest
   * bars go where there are more than `most`. It lies in `room`. `corrected` where a bar that both have differs.
   */
  extend(
    symbol: number,
    bytes: SeriesBytes,
    to: Session,
    most: number,
    room: SharedRoom,
  ): { readonly series: SeriesBytes; readonly corrected: boolean } {
    const old = viewSeries(bytes);
    const found = this.#barsOf(symbol);
    const first = found.length === 0 ? Number.POSITIVE_INFINITY : this.#sessions[found[0]!]!;
    let kept = old.bars;
    while (kept > 0 && old.session[kept - 1]! >= first) kept--;
    const dropped = Math.max(0, kept + found.length - most);
    const bars = kept + found.length - dropped;
    const from = dropped === 0 ? old.from : old.session[dropped]!;
    const { buffer, offset: place } = room.take(seriesByteLength(bars));
    const header = { bars, from: Math.max(old.from, from), to, flags: old.flags };
    const series = layOutSeries(header, buffer, place);
    for (const column of [...NUMBER_COLUMNS, 'session'] as const) {
      series[column].set(old[column].subarray(dropped, kept));
    }
    const { numbers, start } = this.#slotOf(symbol);
    const offset = kept - dropped;
    for (const [index, name] of NUMBER_COLUMNS.entries()) {
      const column = start + index * this.#sessions.length;
      for (let bar = 0; bar < found.length; bar++)
        series[name][offset + bar] = numbers[column + found[bar]!]!;
    }
    for (let bar = 0; bar < found.length; bar++) {
      series.session[offset + bar] = this.#sessions[found[bar]!]!;
    }
    return { series: series.bytes, corrected: this.#differs(symbol, old, kept) };
  }

  /** Whether the bars from `first` on of a series are others than this panel has for their sessions. */
  #differs(symbol: number, old: Series, first: number): boolean {
    const width = this.#sessions.length;
    const { numbers, start, sessions, startOfSessions } = this.#slotOf(symbol);
    for (let bar = first; bar < old.bars; bar++) {
      const session = old.session[bar]!;
      const at = this.#position.get(session);
      if (at === undefined || sessions[startOfSessions + at] !== session) return true;
      if (NUMBER_COLUMNS.some((name, index) => old[name][bar] !== numbers[start + index * width + at]))
        return true;
    }
    return false;
  }

  /** Positions of the sessions at which a symbol has a bar, ascending; until the next call. */
  #barsOf(symbol: number): Uint32Array {
    this.#filler.flush();
    const { sessions, startOfSessions } = this.#slotOf(symbol);
    const found = this.#found;
    let bars = 0;
    for (let at = 0; at < found.length; at++) if (sessions[startOfSessions + at] !== 0) found[bars++] = at;
    return found.subarray(0, bars);
  }

  /** Where the columns of a symbol are: the numbers, and the sessions. */
  #slotOf(symbol: number) {
    const { block, cell } = slotOf(symbol, this.#sessions.length);
    return {
      numbers: this.#numbers[block]!,
      start: cell,
      sessions: this.#integers[block]!,
      startOfSessions: (cell + NUMBER_COLUMNS.length * this.#sessions.length) * 2,
    };
  }
}
