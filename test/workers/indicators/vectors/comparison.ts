import { INDICATORS } from '../../../../src/workers/indicators/index.ts';
import {
  type BarColumns,
  computeIndicator,
  type Indicator,
} from '../../../../src/workers/indicators/indicator.ts';

/** One output of another library on one series, beside ours. */
export interface Comparison {
  readonly library: 'TA-Lib' | 'Skender' | 'Tulip';
  /** What it is called there: a column, or a case. */
  readonly name: string;
  readonly series: string;
  /** Ours. */
  readonly id: string;
  readonly output: string;
  /** Theirs and ours, NaN where there is no value, or none that is comparable. */
  readonly expected: Float64Array;
  readonly actual: Float64Array;
  /** Whether it begins at the same bar as ours. */
  readonly samePositions: boolean;
  /** Differences count relative to this where the value is nearer to zero. */
  readonly floor: number;
  /** What the digits that are printed leave open. */
  readonly halfUnit: number;
}

/** How an output of a library is made of ours, where its definition is another one. */
export interface Mapping {
  readonly id: string;
  readonly output: string;
  readonly parameters?: Readonly<Record<string, number>>;
  /** The bars as ours has to get them. */
  readonly bars?: (bars: BarColumns) => BarColumns;
  /** Our values as theirs are defined. */
  readonly read?: (values: Float64Array, bars: BarColumns) => Float64Array;
  /** The bars that are compared: all of them, unless a different start has to fade first, or ties are told apart. */
  readonly at?: (bar: number, bars: BarColumns) => boolean;
  readonly samePositions?: boolean;
  readonly floor?: number;
}

export function indicatorOf(id: string): Indicator {
  const found = INDICATORS.find((indicator) => indicator.id === id);
  if (found === undefined) throw new RangeError(`Expected the id of an indicator, got \`${id}\``);
  return found;
}

export function compare(
  library: Comparison['library'],
  name: string,
  series: string,
  mapping: Mapping,
  bars: BarColumns,
  theirs: Float64Array,
  halfUnit = 0,
): Comparison {
  const { id, output, parameters = {}, at = () => true } = mapping;
  const values = computeIndicator(indicatorOf(id), mapping.bars?.(bars) ?? bars, parameters)[output]!;
  const ours = mapping.read?.(values, bars) ?? values;
  const only = (column: Float64Array) => column.map((value, bar) => (at(bar, bars) ? value : Number.NaN));
  return {
    library,
    name,
    series,
    id,
    output,
    expected: only(theirs),
    actual: only(ours),
    samePositions: mapping.samePositions ?? true,
    floor: mapping.floor ?? 0,
    halfUnit,
  };
}

/** Bars at which only one of the two has a value; where ours may begin elsewhere, only holes in ours count. */
export function misplaced({ expected, actual, samePositions }: Comparison): readonly number[] {
  const first = samePositions ? 0 : actual.findIndex((value) => !Number.isNaN(value));
  const wrong: number[] = [];
  expected.forEach((value, bar) => {
    const ours = actual[bar]!;
    const wanted = samePositions
      ? Number.isNaN(value) !== Number.isNaN(ours)
      : bar >= first && Number.isNaN(ours) && !Number.isNaN(value);
    if (wanted) wrong.push(bar);
  });
  return wrong;
}

/** Bars that have both values. */
export function comparable({ expected, actual }: Comparison): readonly number[] {
  return [...expected.keys()].filter((bar) => !Number.isNaN(expected[bar]!) && !Number.isNaN(actual[bar]!));
}

/** The largest difference beyond what printed digits leave open, relative to the value. */
export function largestDifference(comparison: Comparison): number {
  const { expected, actual, floor, halfUnit } = comparison;
  let largest = 0;
  for (const bar of comparable(comparison)) {
    const apart = Math.max(0, Math.abs(actual[bar]! - expected[bar]!) - halfUnit);
    if (apart > 0) largest = Math.max(largest, apart / Math.max(Math.abs(expected[bar]!), floor));
  }
  return largest;
}

/** The logarithm of the close in place of the close: what our regression of logarithms makes one of closes. */
export function exponentials(bars: BarColumns): BarColumns {
  return { ...bars, close: bars.close.map((value) => Math.exp(value)) };
}

/** Bars without a range: their typical price is their close. */
export function withoutRange(bars: BarColumns): BarColumns {
  return { ...bars, open: bars.close, high: bars.close, low: bars.close };
}
