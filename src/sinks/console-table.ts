import { styleText } from 'node:util';
import type { LeftRow, RankedRow, Ranking, Signal, Summary } from '../types.ts';
import { chunkText } from './chunk-text.ts';

export interface ConsoleTableOptions {
  /** Whether to use ANSI colours. @default false */
  readonly colour?: boolean;
}

type Style = Parameters<typeof styleText>[0];

interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly text: (row: RankedRow) => string;
  readonly style?: (row: RankedRow) => Style;
}

const SIGNAL_STYLES: Readonly<Record<Signal, Style>> = {
  'Strong Long': ['bold', 'green'],
  Long: 'green',
  Avoid: 'dim',
  Short: 'red',
  'Strong Short': ['bold', 'red'],
};

const SUBSCORES = [
  ['trd', 'trend'],
  ['mom', 'momentum'],
  ['vol', 'volume'],
  ['vlt', 'volatility'],
  ['osc', 'oscillator'],
  ['brk', 'breakout'],
] as const;

const COLUMNS: readonly Column[] = [
  number('rank', 5, (row) => String(row.rank)),
  { title: 'symbol', width: 8, align: 'left', text: (row) => row.symbol },
  number('close', 10, (row) => row.close.toFixed(Math.abs(row.close) < 1 ? 4 : 2)),
  number('rating', 7, (row) => fixed(row.rating)),
  {
    title: 'signal',
    width: 12,
    align: 'left',
    text: (row) => row.signal,
    style: (row) => SIGNAL_STYLES[row.signal],
  },
  number('raw', 5, (row) => shortest(row.raw)),
  number('risk', 6, (row) => fixed(row.risk)),
  ...SUBSCORES.map(([title, name]) => number(title, 3, (row) => shortest(row[name]))),
  number('comp', 5, (row) => row.composite.toFixed(1)),
  number('$vol', 7, (row) => dollars(row.dollar_vol_20)),
];

/** Where it was compared with the one before: places up or down, `*` where only the signal is another one. */
const CHANGE = number('chg', 5, ({ change, previous, rank, signal }) => {
  if (change === 'entered') return 'new';
  if (!previous) return '';
  const up = previous.rank - rank;
  if (up === 0) return previous.signal === signal ? '' : '*';
  return up > 0 ? `+${up}` : String(up);
});

/**
 * A ranking as a table for people: 97 columns wide, one row a line, and the counts of the scan at the end. Where it was compared
 * with the one before, a sixth of a line more, and what left, a line each.
 *
 * Widths are fixed, so that no row waits for another; a longer value widens its own line only.
 */
export function consoleTable({
  colour = false,
}: ConsoleTableOptions = {}): (ranking: Ranking) => Iterable<string> {
  const paint = (style: Style, text: string) =>
    // The caller has decided: what stdout is does not matter here.
    colour ? styleText(style, text, { validateStream: false }) : text;
  return (ranking) => chunkText(lines(ranking, paint));
}

function* lines(
  { rows, left = [], summary }: Ranking,
  paint: (style: Style, text: string) => string,
): Generator<string> {
  const columns = summary.changes === undefined ? COLUMNS : [...COLUMNS, CHANGE];
  yield `${paint('bold', columns.map((column) => pad(column, column.title)).join(' '))}\n`;
  for (const row of rows) {
    const cells = columns.map((column) => {
      const cell = pad(column, column.text(row));
      return column.style === undefined ? cell : paint(column.style(row), cell);
    });
    yield `${cells.join(' ')}\n`;
  }
  for (const row of left) yield `${paint('dim', leftLine(row))}\n`;
  yield `${closingLine(summary)}\n`;
}

function leftLine({ symbol, previous: { rank, signal } }: LeftRow): string {
  const [first, second] = COLUMNS as [Column, Column];
  return `${pad(first, '-')} ${pad(second, symbol)} left; it was ${grouped(rank)}, ${signal}`;
}

function closingLine({ in: entered, outcomes, stopped, changes }: Summary): string {
  const counts = (['ranked', 'filtered', 'failed', 'stale', 'skipped'] as const).map(
    (kind) => `${grouped(outcomes[kind])} ${kind}`,
  );
  const since =
    changes === undefined
      ? ''
      : `; since ${changes.since}: ${(['entered', 'left', 'moved'] as const).map((kind) => `${grouped(changes[kind])} ${kind}`).join(', ')}`;
  return `${grouped(entered)} in: ${counts.join(', ')}${since}${stopped === null ? '' : `; stopped: ${stopped}`}`;
}

function number(title: string, width: number, text: Column['text']): Column {
  return { title, width, align: 'right', text };
}

function pad({ width, align }: Column, text: string): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

function fixed(value: number | null): string {
  return value === null ? '-' : value.toFixed(2);
}

/** Up to two decimals: whole where the value is whole. */
function shortest(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** `142500000` as `142.5M`. */
function dollars(value: number | null): string {
  if (value === null) return '-';
  const units = ['', 'K', 'M', 'B', 'T'];
  let unit = 0;
  // Compared as it will be printed: 999,950 is 1.0M, not 1000.0K.
  while (unit < units.length - 1 && Math.round(Math.abs(value) * 10) >= 10_000) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? value.toFixed(0) : `${value.toFixed(1)}${units[unit]}`;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
