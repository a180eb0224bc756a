import { map, type OperatorFunction } from 'rxjs';
import { COLUMN } from '../features.ts';
import type { FeatureRow, Outcome, Session, Traveller } from '../types.ts';

type Scored = Extract<Traveller, { kind: 'scored' }>;

/** The rules that filter, and when they do. */
export const SCREEN_RULES = {
  malformed: 'its text is not a ticker',
  'no-data': 'the source has no bars of it',
  'short-history': 'it has fewer bars than `--min-bars`',
  'low-price': 'it closed below `--min-close`',
  'thin-trading': 'its mean dollar volume of 40 sessions is below `--min-dollar-volume`',
  'erratic-price': 'the last 20 closes deviate by more than `--max-close-cv` of their mean',
} as const;

/** Bounds of the rules on data. A symbol must reach (or not exceed) each. */
export interface ScreenBounds {
  /** Bars. @default 20 */
  readonly minBars?: number;
  /** Dollars. @default 1 */
  readonly minClose?: number;
  /** Dollars a session, mean of 40. @default 250_000 */
  readonly minDollarVolume?: number;
  /** Standard deviation of the last 20 closes over their mean. @default 0.5 */
  readonly maxCloseCv?: number;
}

/**
 * Judges scored symbols by their data: each becomes ranked, stale (its last session is older than the as-of session)
 * or filtered with the name of every rule that it fails.
 *
 * Order: kept. Failure: none; a value that is not available fails no upper bound and reaches no lower one.
 * Holds: nothing.
 */
export function screen(asOf: Session, bounds: ScreenBounds = {}): OperatorFunction<Scored, Outcome> {
  return map(({ entry, row }): Outcome => {
    if (row[COLUMN.bars] === 0) return { kind: 'filtered', entry, rules: ['no-data'] };
    const rules = failedRules(row, bounds);
    if (row[COLUMN.last_session]! < asOf) return { kind: 'stale', entry, rules, row };
    if (rules.length > 0) return { kind: 'filtered', entry, rules, row };
    return { kind: 'ranked', entry, row };
  });
}

/** Names of the rules that a row with bars fails, in the order in which they are listed. */
export function failedRules(
  row: FeatureRow,
  { minBars = 20, minClose = 1, minDollarVolume = 250_000, maxCloseCv = 0.5 }: ScreenBounds = {},
): readonly string[] {
  const rules: string[] = [];
  if (!(row[COLUMN.bars]! >= minBars)) rules.push('short-history');
  if (!(row[COLUMN.close]! >= minClose)) rules.push('low-price');
  if (!(row[COLUMN.dollar_vol_40]! >= minDollarVolume)) rules.push('thin-trading');
  if (row[COLUMN.close_cv_20]! > maxCloseCv) rules.push('erratic-price');
  return rules;
}
