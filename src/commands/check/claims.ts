import type { Series } from '../../series.ts';
import type { Indicator } from '../../workers/indicators/indicator.ts';
import { resolveParameters } from '../../workers/indicators/resolve-parameters.ts';
import type { Compute } from './check-history.ts';
import { columnsBetween } from './columns-between.ts';

/**
 * `holds`; `broken`; `untested` where no series is long enough; `late` where no symbol has a value as early as it could;
 * `unclaimed` where the indicator says that it never forgets where the series begins.
 */
export type Verdict = 'holds' | 'broken' | 'untested' | 'late' | 'unclaimed';

/** What an indicator says of one output, and what the series say. Bars are counted from 0. */
export interface Claim {
  readonly indicator: string;
  readonly output: string;
  /** The first bar with a value: the earliest of all series. `null` where none has one. */
  readonly warmup: { readonly claimed: number; readonly measured: number | null; readonly verdict: Verdict };
  /**
   * The first bar from which it does not matter where the series begins: the latest of all series and starts, `null`
   * where there is none. `claimed` is `null` for never; `reached` is false where that series ended before.
   */
  readonly stableFrom: {
    readonly claimed: number | null;
    readonly measured: number | null;
    readonly reached: boolean;
    readonly verdict: Verdict;
  };
}

/** What may be left of the difference, relative to the largest value of the output: outputs may cross 0. */
const LEFT = 1e-9;

interface Measured {
  readonly indicator: Indicator;
  readonly output: string;
  readonly warmup: number;
  readonly stableFrom: number;
  earliest: number;
  /** Whether a series was long enough for the warm-up, and for the bar from which it is stable. */
  warmed: boolean;
  tested: boolean;
  broken: boolean;
  latest: number;
  reached: boolean;
}

/** Measures warm-ups, and how long the beginning of a series is remembered. Holds: some numbers an output. */
export class Claims {
  readonly #measured: readonly Measured[];
  readonly #starts: readonly number[];

  /** `starts`: bars that the later beginnings leave out. */
  constructor(indicators: readonly Indicator[], starts: readonly number[]) {
    this.#starts = starts;
    this.#measured = indicators.flatMap((indicator) => {
      const parameters = resolveParameters(indicator);
      return indicator.outputs.map((output) => ({
        indicator,
        output,
        warmup: indicator.warmup(parameters, output),
        stableFrom: indicator.stableFrom(parameters, output),
        earliest: Number.POSITIVE_INFINITY,
        warmed: false,
        tested: false,
        broken: false,
        latest: -1,
        reached: false,
      }));
    });
  }

  /** Takes one series with what an indicator reads over the whole of it. */
  measure(series: Series, indicator: Indicator, whole: ReturnType<Compute>, compute: Compute): void {
    const outputs = this.#measured.filter((each) => each.indicator === indicator);
    for (const each of outputs) {
      const first = whole[each.output]!.findIndex((value) => !Number.isNaN(value));
      if (first >= 0) each.earliest = Math.min(each.earliest, first);
      each.warmed ||= series.bars > each.warmup;
    }
    for (const start of this.#starts) {
      if (start >= series.bars) continue;
      const short = compute(indicator, columnsBetween(series, start, series.bars));
      for (const each of outputs) compare(each, whole[each.output]!, short[each.output]!, start);
    }
  }

  list(): readonly Claim[] {
    return this.#measured.map(({ indicator, output, warmup, stableFrom, ...measured }) => ({
      indicator: indicator.id,
      output,
      warmup: {
        claimed: warmup,
        measured: measured.warmed && Number.isFinite(measured.earliest) ? measured.earliest : null,
        verdict: warmupVerdict(warmup, measured),
      },
      stableFrom: {
        claimed: Number.isFinite(stableFrom) ? stableFrom : null,
        measured: measured.latest < 0 ? null : measured.latest,
        reached: measured.reached,
        verdict: !Number.isFinite(stableFrom)
          ? 'unclaimed'
          : measured.broken
            ? 'broken'
            : measured.tested
              ? 'holds'
              : 'untested',
      },
    }));
  }
}

/** From which bar a later start reads what the whole history reads, and stays there. */
function compare(each: Measured, long: Float64Array, short: Float64Array, start: number): void {
  const bars = short.length;
  // Warming up alone: it says nothing.
  if (bars <= each.warmup) return;
  let largest = 0;
  for (const value of long) if (Math.abs(value) > largest) largest = Math.abs(value);
  let stable = bars;
  while (stable > 0 && agree(short[stable - 1]!, long[start + stable - 1]!, LEFT * largest)) stable--;
  const reached = stable < bars;
  if (bars > each.stableFrom) {
    each.tested = true;
    each.broken ||= stable > each.stableFrom;
  }
  if (stable < each.latest || (stable === each.latest && reached)) return;
  each.latest = stable;
  each.reached = reached;
}

function agree(a: number, b: number, tolerance: number): boolean {
  return Number.isNaN(a) ? Number.isNaN(b) : Math.abs(a - b) <= tolerance;
}

function warmupVerdict(warmup: number, { earliest, warmed }: Pick<Measured, 'earliest' | 'warmed'>): Verdict {
  if (earliest < warmup) return 'broken';
  if (!warmed) return 'untested';
  return earliest === warmup ? 'holds' : 'late';
}
