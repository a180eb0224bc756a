/**
 * The contract of an indicator: one definition that serves a whole series and bars as they arrive.
 *
 * A definition starts a state; the state takes one bar at a time and shows its outputs as plain numeric fields. A whole
 * series is a loop over it, so that the two ways of use cannot differ.
 */

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
 * What an indicator knows after the bars it has seen. Outputs are fields named after them, NaN while warming up.
 *
 * A value that is not a finite number never stays for good: it leaves a window with its bar, and a recursion, which has
 * no window to leave, starts over behind it.
 */
export type IndicatorState<O extends string = string> = {
  /** Takes the next bar. A forming bar is not taken until it is final. */
  next(open: number, high: number, low: number, close: number, volume: number): void;
  /** Back to the state before the first bar, keeping what was allocated. */
  reset(): void;
} & OutputFields<O>;

/** Fields are known by name where the indicator is; of any indicator, `outputs` names them. */
type OutputFields<O extends string> = string extends O ? unknown : Readonly<Record<O, number>>;

export interface Indicator<P extends string = string, O extends string = string> {
  /** The standard abbreviation. */
  readonly id: string;
  readonly parameters: Readonly<Record<P, Parameter>>;
  readonly outputs: readonly O[];
  /** Bars that read NaN before the first value. */
  warmup(parameters: Parameters<P>): number;
  /** Takes parameters that are checked; `startIndicator` checks them. */
  start(parameters: Parameters<P>): IndicatorState<O>;
}

/** Columns of equal length, ascending in time. */
export interface BarColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** A period: a whole number of bars. */
export function period(byDefault: number, min = 1): Parameter {
  return { default: byDefault, min, max: 10_000, integer: true };
}

/** Starts an indicator with `given` parameters, defaults for the others. Throws RangeError beyond the bounds. */
export function startIndicator<P extends string, O extends string>(
  indicator: Indicator<P, O>,
  given: Partial<Parameters<P>> = {},
): IndicatorState<O> {
  return indicator.start(resolveParameters(indicator, given));
}

/**
 * Every output of an indicator over a whole series, one value a bar, NaN while warming up.
 *
 * Holds: the outputs, and the indicator's own windows. Throws RangeError where a parameter is beyond its bounds.
 */
export function computeIndicator<P extends string, O extends string>(
  indicator: Indicator<P, O>,
  { open, high, low, close, volume }: BarColumns,
  given: Partial<Parameters<P>> = {},
): Record<O, Float64Array> {
  const state = startIndicator(indicator, given);
  const fields = state as unknown as Readonly<Record<O, number>>;
  const columns = {} as Record<O, Float64Array>;
  for (const output of indicator.outputs) columns[output] = new Float64Array(close.length);
  for (let bar = 0; bar < close.length; bar++) {
    state.next(open[bar]!, high[bar]!, low[bar]!, close[bar]!, volume[bar]!);
    for (const output of indicator.outputs) columns[output][bar] = fields[output];
  }
  return columns;
}

/** All parameters of an indicator, checked. Throws RangeError with the name, the rule and the value. */
export function resolveParameters<P extends string>(
  { id, parameters }: Indicator<P>,
  given: Partial<Parameters<P>>,
): Parameters<P> {
  const resolved = {} as Record<P, number>;
  for (const name of Object.keys(parameters) as P[]) {
    const { default: byDefault, min, max, integer } = parameters[name];
    const value = given[name] ?? byDefault;
    if (!(value >= min && value <= max) || (integer && !Number.isInteger(value))) {
      const kind = integer ? 'an integer' : 'a number';
      throw new RangeError(
        `Expected \`${name}\` of ${id} to be ${kind} from ${min} to ${max}, got \`${value}\``,
      );
    }
    resolved[name] = value;
  }
  return resolved;
}
