import { formatSession } from '../../session.ts';
import type { Session, TradePlan } from '../../types.ts';

export interface PriceChartOptions {
  /** Ascending, one for each close. */
  readonly sessions: ArrayLike<Session>;
  /** Dollars. What is not a finite number is a gap. */
  readonly close: ArrayLike<number>;
  /** Columns of the whole chart, labels included. */
  readonly width: number;
  /** Lines of the whole chart, that of the dates included. */
  readonly height: number;
  /** Its prices are marked where the closes reach them. */
  readonly plan?: Pick<TradePlan, 'entry' | 'stop' | 'target'> | null | undefined;
  /** The newest closes that are drawn, at most. @default 120 */
  readonly bars?: number | undefined;
  /** Draws in dots, eight a character; otherwise with characters of ASCII. @default true */
  readonly unicode?: boolean | undefined;
}

/** A price that is written beside the chart. */
interface Label {
  readonly price: number;
  readonly text: string;
}

/** A grid of dots that is printed as characters. */
interface Pen {
  /** Dots of a character, across and down. */
  readonly across: number;
  readonly down: number;
  /** The character for a set of dots: bit `x · down + y`. */
  readonly glyph: (dots: number) => string;
  readonly level: string;
  readonly tick: string;
}

const ASCII: Pen = { across: 1, down: 1, glyph: () => '*', level: '-', tick: '<' };
/** Bits of a Braille pattern: its first six dots go down the columns, the last two are the row below. */
const BRAILLE_BITS = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80] as const;
const BRAILLE: Pen = {
  across: 2,
  down: 4,
  glyph: (dots) => {
    const pattern = BRAILLE_BITS.reduce((bits, bit, dot) => ((dots >> dot) & 1 ? bits | bit : bits), 0);
    return String.fromCodePoint(0x2800 + pattern);
  },
  level: '┈',
  tick: '◂',
};
const DATE_WIDTH = 10;

/**
 * Draws closes as a line for a terminal: prices of the last, highest and lowest close and of the plan at the right, dates
 * below. Returns its lines; none where there is no close, or no room for it.
 *
 * A label stands at the height of its price, or, where another one is there, next to it in the order of their prices.
 */
export function priceChart({
  sessions,
  close,
  width,
  height,
  plan,
  bars = 120,
  unicode = true,
}: PriceChartOptions): readonly string[] {
  const first = Math.max(0, close.length - bars);
  const closes = Array.from({ length: close.length - first }, (_, bar) => close[first + bar]!);
  const known = closes.filter(Number.isFinite);
  if (known.length === 0) return [];

  const highest = known.reduce((most, price) => Math.max(most, price));
  const lowest = known.reduce((least, price) => Math.min(least, price));
  const levels = Object.entries({ entry: plan?.entry, stop: plan?.stop, target: plan?.target }).filter(
    (level): level is [string, number] => level[1] !== undefined && level[1] >= lowest && level[1] <= highest,
  );
  const labels = labelsOf([['last', known.at(-1)!], ...levels, ['max', highest], ['min', lowest]]);
  const pen = unicode ? BRAILLE : ASCII;
  const rows = height - 1;
  // A tick, and a space on both sides of it.
  const columns = width - Math.max(...labels.map(({ text }) => text.length)) - 3;
  if (rows < 1 || columns < DATE_WIDTH) return [];

  const dotsDown = rows * pen.down;
  const dotOf = (price: number) =>
    highest === lowest
      ? (dotsDown - 1) >> 1
      : Math.round(((highest - price) / (highest - lowest)) * (dotsDown - 1));
  const rowOf = (price: number) => Math.floor(dotOf(price) / pen.down);
  const grid = draw(closes, columns, rows, dotOf, pen);
  for (const [, price] of levels) {
    grid[rowOf(price)] = grid[rowOf(price)]!.map((cell) => (cell === ' ' ? pen.level : cell));
  }
  const placed = placeLabels(labels, rows, rowOf);
  const lines = grid.map((cells, row) => {
    const label = placed[row];
    return (label === undefined ? cells.join('') : `${cells.join('')} ${pen.tick} ${label}`).trimEnd();
  });
  return [...lines, dateLine(sessions, first, close.length - 1, columns)];
}

/** One label for each price as it is written, with all its names, in the order of importance. */
function labelsOf(prices: readonly (readonly [name: string, price: number])[]): readonly Label[] {
  const texts = new Map<string, { readonly price: number; names: string }>();
  for (const [name, price] of prices) {
    const text = price.toFixed(2);
    const same = texts.get(text);
    if (same === undefined) texts.set(text, { price, names: name });
    else same.names += `, ${name}`;
  }
  return Array.from(texts, ([text, { price, names }]) => ({ price, text: `${text} ${names}` }));
}

/** The rows of characters that the line of the closes goes through. */
function draw(
  closes: readonly number[],
  columns: number,
  rows: number,
  dotOf: (price: number) => number,
  pen: Pen,
): string[][] {
  const dots = Array.from({ length: rows }, () => new Uint8Array(columns));
  const set = (x: number, y: number) => {
    const bit = (x % pen.across) * pen.down + (y % pen.down);
    dots[Math.floor(y / pen.down)]![Math.floor(x / pen.across)]! |= 1 << bit;
  };
  // The last close is at the right edge, also where it is alone.
  const right = columns * pen.across - 1;
  const xOf = (bar: number) =>
    closes.length === 1 ? right : Math.round((bar / (closes.length - 1)) * right);
  closes.forEach((price, bar) => {
    if (!Number.isFinite(price)) return;
    const x = xOf(bar);
    const y = dotOf(price);
    const before = closes[bar - 1] ?? Number.NaN;
    const from = Number.isFinite(before) ? { x: xOf(bar - 1), y: dotOf(before) } : { x, y };
    const steps = Math.max(x - from.x, Math.abs(y - from.y), 1);
    for (let step = 0; step <= steps; step++) {
      const part = step / steps;
      set(Math.round(from.x + part * (x - from.x)), Math.round(from.y + part * (y - from.y)));
    }
  });
  return dots.map((row) => Array.from(row, (cell) => (cell === 0 ? ' ' : pen.glyph(cell))));
}

/** The label of each row: in the order of their prices, without the least important ones where there are too many. */
function placeLabels(
  labels: readonly Label[],
  rows: number,
  rowOf: (price: number) => number,
): readonly (string | undefined)[] {
  const shown = labels.slice(0, rows).sort((a, b) => b.price - a.price);
  const places: number[] = [];
  for (const { price } of shown) places.push(Math.max(rowOf(price), (places.at(-1) ?? -1) + 1));
  // What was pushed over the lower edge pushes back.
  for (let index = places.length - 1, room = rows - 1; index >= 0; index--, room--) {
    room = Math.min(room, places[index]!);
    places[index] = room;
  }
  const placed = new Array<string | undefined>(rows).fill(undefined);
  places.forEach((row, index) => {
    placed[row] = shown[index]!.text;
  });
  return placed;
}

/** The dates of the first and the last close at the edges, and of the one between them where there is room. */
function dateLine(sessions: ArrayLike<Session>, first: number, last: number, columns: number): string {
  const dateOf = (bar: number) => formatSession(sessions[bar]!);
  if (first === last || columns < 2 * DATE_WIDTH + 1) return dateOf(last).padStart(columns);
  const middle = columns < 3 * DATE_WIDTH + 6 ? '' : dateOf((first + last) >> 1);
  const left = dateOf(first).padEnd((columns - DATE_WIDTH) >> 1) + middle;
  return left.padEnd(columns - DATE_WIDTH) + dateOf(last);
}
