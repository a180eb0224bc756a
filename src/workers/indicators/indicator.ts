/**
 * The contract of an indicator: one definition that serves a whole series and bars as they arrive.
 *
 * A definition starts a state; the state takes one bar at a time and shows its outputs as plain numeric fields. A whole
 * series is a loop over it (`computeIndicator`), bars as they arrive are calls of it (`streamIndicator`), so that
 * the two ways of use cannot differ, and none of them can look ahead.
 *
 * A bar that lacks a finite number which the indicator reads is skipped: the indicator reads NaN there, and goes on behind
 * it as if the bar had not been. One rule for all of them, and the state never sees such a bar. It is what a bar that is
 * missing altogether does, as in a halted session; starting over instead would take hundreds of sessions from a long
 * average for one bad tick.
 */
import { resolveParameters } from './resolve-parameters.ts';

/** The columns that indicators read. */
export type Input = (typeof INPUTS)[number];

const INPUTS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** One bar. Whoever gives bars to a state may use the same object for all of them. */
export type Bar = Readonly<Record<Input, number>>;

/** Columns of equal length, ascending in time. */
export type BarColumns = Readonly<Record<Input, Float64Array>>;

/** A number that an indicator takes: its default and the bounds a value must keep. */
export interface Parameter {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Whole numbers only, as periods are. */
  readonly integer: boolean;
}

export type Parameters<P extends string = string> = Readonly<Record<P, number>>;

/**
 * What an indicator knows after the bars it has taken. Outputs are fields named after them, NaN while warming up.
 *
 * Its fields are numbers, typed arrays of a fixed length and other states, and nothing else, so that `copyState` can copy
 * any of them.
 */
export type IndicatorState<O extends string = string> = {
  /** Takes the next bar, finite in everything that the indicator reads. What it does not read may be anything. */
  next(bar: Bar): void;
} & OutputFields<O>;

/** Fields are known by name where the indicator is; of any indicator, `outputs` names them. */
type OutputFields<O extends string> = string extends O ? unknown : Readonly<Record<O, number>>;

export interface Indicator<P extends string = string, O extends string = string> {
  /** The standard abbreviation. */
  readonly id: string;
  /** What it reads of a bar. */
  readonly inputs: readonly Input[];
  readonly parameters: Readonly<Record<P, Parameter>>;
  readonly outputs: readonly O[];
  /** Bars before the first value of an output: its index in a series. */
  warmup(parameters: Parameters<P>, output: O): number;
  /**
   * Index of the first bar at which an output does not depend on where the series begins, to 1e-9; Infinity where it
   * always may. A window forgets, so that it is the warm-up there; a recursion is left with 1e-9 of what it was seeded
   * with.
   */
  stableFrom(parameters: Parameters<P>, output: O): number;
  /** Takes parameters that are checked: `resolveParameters` checks them. */
  start(parameters: Parameters<P>): IndicatorState<O>;
}

/** A period: a whole number of bars. */
export function period(byDefault: number, min = 1): Parameter {
  return { default: byDefault, min, max: 10_000, integer: true };
}

/** A factor: any number from `min` to `max`. */
export function factor(byDefault: number, min: number, max: number): Parameter {
  return { default: byDefault, min, max, integer: false };
}

/**
 * Every output of an indicator over a whole series, one value a bar, NaN while warming up and at a bar that is skipped.
 *
 * Holds: the outputs, and the indicator's own windows. Throws RangeError where a parameter is beyond its bounds.
 */
export function computeIndicator<P extends string, O extends string>(
  indicator: Indicator<P, O>,
  bars: BarColumns,
  given: Partial<Parameters<P>> = {},
): Record<O, Float64Array> {
  const { inputs, outputs } = indicator;
  const state = indicator.start(resolveParameters(indicator, given));
  const fields = state as unknown as Readonly<Record<O, number>>;
  const columns = outputs.map(() => new Float64Array(bars.close.length));
  // A column that is not read is stood in for by one that is: one check for all indicators.
  const [open, high, low, close, volume] = INPUTS.map(
    (input) => bars[inputs.includes(input) ? input : inputs[0]!],
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  // One object for all bars: arguments that are not inlined would each be put on the heap.
  const bar = blankBar();
  for (let at = 0; at < close.length; at++) {
    const o = open[at]!;
    const h = high[at]!;
    const l = low[at]!;
    const c = close[at]!;
    const v = volume[at]!;
    // NaN where one of them is not finite: an infinity less itself is NaN as well.
    const whole = o - o + (h - h) + (l - l) + (c - c) + (v - v) === 0;
    if (whole) {
      bar.open = o;
      bar.high = h;
      bar.low = l;
      bar.close = c;
      bar.volume = v;
      state.next(bar);
    }
    for (let index = 0; index < outputs.length; index++) {
      columns[index]![at] = whole ? fields[outputs[index]!] : Number.NaN;
    }
  }
  return Object.fromEntries(outputs.map((output, index) => [output, columns[index]!])) as Record<
    O,
    Float64Array
  >;
}

/** A bar to be filled in. */
export function blankBar(): Record<Input, number> {
  return {
    open: Number.NaN,
    high: Number.NaN,
    low: Number.NaN,
    close: Number.NaN,
    volume: Number.NaN,
  };
}
