import { copyState } from './copy-state.ts';
import { blankBar, type Indicator, type IndicatorState, type Parameters } from './indicator.ts';
import { resolveParameters } from './resolve-parameters.ts';

/** An indicator that bars are given to as they arrive. */
export interface IndicatorStream<O extends string = string> {
  /** The outputs at the last bar, NaN while warming up or where it is skipped. One object, kept up to date. */
  readonly values: Readonly<Record<O, number>>;
  /** Takes the next bar. */
  next(open: number, high: number, low: number, close: number, volume: number): void;
  /**
   * Takes the last bar once more, as it is now: a forming bar that moved, or a restated one. As often as needed.
   *
   * Throws RangeError where there is no bar yet.
   */
  correct(open: number, high: number, low: number, close: number, volume: number): void;
}

/**
 * Starts an indicator with `given` parameters, defaults for the others. Throws RangeError beyond their bounds.
 *
 * Equal to `computeIndicator` over the bars as last corrected, bit for bit. Holds two states: one at the last bar, one a bar
 * behind, which a correction goes back to. So a bar costs two steps, and a correction a copy and a step; nothing is
 * copied for bars that are not corrected.
 */
export function streamIndicator<P extends string, O extends string>(
  indicator: Indicator<P, O>,
  given: Partial<Parameters<P>> = {},
): IndicatorStream<O> {
  return new TwoStates(indicator, resolveParameters(indicator, given));
}

class TwoStates<P extends string, O extends string> implements IndicatorStream<O> {
  readonly values = {} as Record<O, number>;
  private readonly indicator: Indicator<P, O>;
  private readonly current: IndicatorState<O>;
  /** Has taken every bar but the last one. */
  private readonly behind: IndicatorState<O>;
  private readonly last = blankBar();
  private hasLast = false;

  constructor(indicator: Indicator<P, O>, parameters: Parameters<P>) {
    this.indicator = indicator;
    this.current = indicator.start(parameters);
    this.behind = indicator.start(parameters);
    for (const output of indicator.outputs) this.values[output] = Number.NaN;
  }

  next(open: number, high: number, low: number, close: number, volume: number): void {
    this.feed(this.behind);
    this.take(open, high, low, close, volume);
  }

  correct(open: number, high: number, low: number, close: number, volume: number): void {
    if (!this.hasLast) throw new RangeError(`Expected a bar of ${this.indicator.id} to correct, got none`);
    copyState(this.behind, this.current);
    this.take(open, high, low, close, volume);
  }

  private take(open: number, high: number, low: number, close: number, volume: number): void {
    this.last.open = open;
    this.last.high = high;
    this.last.low = low;
    this.last.close = close;
    this.last.volume = volume;
    this.hasLast = true;
    const taken = this.feed(this.current);
    const fields = this.current as unknown as Readonly<Record<O, number>>;
    for (const output of this.indicator.outputs) this.values[output] = taken ? fields[output] : Number.NaN;
  }

  /** Gives the last bar to a state, unless it lacks a finite number, as the blank one before the first; says whether. */
  private feed(state: IndicatorState<O>): boolean {
    const { last } = this;
    for (const input of this.indicator.inputs) if (!Number.isFinite(last[input])) return false;
    state.next(last);
    return true;
  }
}
