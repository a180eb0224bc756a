/**
 * Parabolic SAR, stop and reverse (Wilder 1978): a stop that approaches the extreme price of the trend at hand by a growing
 * share of the distance, and turns when it is touched.
 *
 * `psar` is the stop of this bar. For the next one it moves by `share · (extreme − psar)`, not beyond the range of this bar
 * and the one before; the share starts at `step` and grows by it with every new extreme, up to `max`. A bar that touches the
 * stop turns it: its stop is the extreme of the trend that ended, or the farther end of this bar and the one before.
 *
 * Starts as TA-Lib: first value at bar 1, at the low of bar 0, upward unless the low fell by more than the high rose, then
 * mirrored. `step` above `max` counts as `max`. How the trend at hand began can matter at any distance: there is no bar from
 * which it surely does not.
 */
import { type Bar, factor, type Indicator } from './indicator.ts';

export class PsarState {
  psar = Number.NaN;
  private readonly step: number;
  private readonly max: number;
  /** 1 while the stop is below the prices, −1 while above, 0 before the second bar. */
  private direction = 0;
  /** The stop of the coming bar. */
  private stop = Number.NaN;
  /** The highest high of a rise, the lowest low of a fall. */
  private extreme = Number.NaN;
  private share = 0;
  private previousHigh = Number.NaN;
  private previousLow = Number.NaN;

  constructor(step: number, max: number) {
    this.step = Math.min(step, max);
    this.max = max;
  }

  next({ high, low }: Bar): void {
    if (Number.isNaN(this.previousHigh)) {
      this.previousHigh = high;
      this.previousLow = low;
      return;
    }
    if (this.direction === 0) this.begin(high, low);
    const top = Math.max(high, this.previousHigh);
    const bottom = Math.min(low, this.previousLow);
    const rising = this.direction > 0;
    if (rising ? low <= this.stop : high >= this.stop) {
      this.direction = -this.direction;
      this.stop = rising ? Math.max(this.extreme, top) : Math.min(this.extreme, bottom);
      this.psar = this.stop;
      this.extreme = rising ? low : high;
      this.share = this.step;
    } else {
      this.psar = this.stop;
      if (rising ? high > this.extreme : low < this.extreme) {
        this.extreme = rising ? high : low;
        this.share = Math.min(this.share + this.step, this.max);
      }
    }
    const stop = this.stop + this.share * (this.extreme - this.stop);
    this.stop = this.direction > 0 ? Math.min(stop, bottom) : Math.max(stop, top);
    this.previousHigh = high;
    this.previousLow = low;
  }

  /** The direction, from the first two bars; the stop and the extreme that go with it. */
  private begin(high: number, low: number): void {
    const fall = this.previousLow - low;
    this.direction = fall > 0 && fall > high - this.previousHigh ? -1 : 1;
    this.stop = this.direction > 0 ? this.previousLow : this.previousHigh;
    this.extreme = this.direction > 0 ? high : low;
    this.share = this.step;
    // Only this bar counts as the one before: its range bounds the stop of the next.
    this.previousHigh = high;
    this.previousLow = low;
  }
}

export const psar: Indicator<'step' | 'max', 'psar'> = {
  id: 'psar',
  inputs: ['high', 'low'],
  parameters: { step: factor(0.02, 0.0001, 1), max: factor(0.2, 0.0001, 1) },
  outputs: ['psar'],
  warmup: () => 1,
  stableFrom: () => Number.POSITIVE_INFINITY,
  start: (parameters) => new PsarState(parameters.step, parameters.max),
};
