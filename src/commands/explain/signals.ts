import type { RankedRow, Signal } from '../../types.ts';

/** A bound of a signal, and how a row stands to it. */
export interface SignalCheck {
  readonly input: SignalInput;
  /** What the value must reach; for a negative one, what it must not exceed. */
  readonly bound: number;
  readonly value: number | null;
  readonly holds: boolean;
  /** How far the value is from the bound: 0 where it holds, `null` where there is no value. */
  readonly missing: number | null;
}

export interface CheckedSignal {
  readonly signal: Signal;
  readonly checks: readonly SignalCheck[];
}

type SignalInput = 'rating' | 'trend' | 'momentum';
type Bounds = readonly (readonly [input: SignalInput, bound: number])[];

/** The strongest first, each side. */
const LONG: readonly (readonly [Signal, Bounds])[] = [
  [
    'Strong Long',
    [
      ['rating', 22],
      ['trend', 2],
      ['momentum', 1],
    ],
  ],
  [
    'Long',
    [
      ['rating', 16],
      ['trend', 1],
    ],
  ],
];
const SHORT = LONG.map(([signal, bounds]): readonly [Signal, Bounds] => [
  signal === 'Long' ? 'Short' : 'Strong Short',
  bounds.map(([input, bound]) => [input, -bound]),
]);

/**
 * The bounds that decide the classic signal of a row: those of its signal, which hold, and before them those of the next
 * stronger one on the side of its rating, of which one does not.
 */
export function checkSignal(row: Pick<RankedRow, SignalInput>): readonly CheckedSignal[] {
  const side = (row.rating ?? 0) < 0 ? SHORT : LONG;
  const checked = side.map(([signal, bounds]) => ({
    signal,
    checks: bounds.map(([input, bound]) => check(input, bound, row[input])),
  }));
  const own = checked.findIndex(({ checks }) => checks.every(({ holds }) => holds));
  return own === -1 ? checked.slice(-1) : checked.slice(Math.max(0, own - 1), own + 1);
}

function check(input: SignalInput, bound: number, value: number | null): SignalCheck {
  if (value === null) return { input, bound, value, holds: false, missing: null };
  const missing = bound > 0 ? bound - value : value - bound;
  return { input, bound, value, holds: missing <= 0, missing: Math.max(0, missing) };
}
