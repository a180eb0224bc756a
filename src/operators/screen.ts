import { map, type OperatorFunction } from 'rxjs';
import { COLUMN } from '../features.ts';
import { type DataRule, SCREEN_PREFIX } from '../rules.ts';
import type { FeatureRow, Outcome, Screen, Session, Subject, Traveller } from '../types.ts';

type Scored = Extract<Traveller, { kind: 'scored' }>;

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
  /** Factor between two closes in succession, either way. @default 10 */
  readonly maxJump?: number;
  /** Factor by which one close stands out from both its neighbours. @default 3 */
  readonly maxSpike?: number;
  /** Bars whose prices cannot be. @default 0 */
  readonly maxBadBars?: number;
  /** Rules that are not applied. @default none */
  readonly off?: ReadonlySet<string>;
}

/**
 * Judges scored symbols by their data and by the user's criteria: each becomes ranked, stale (its last session is older
 * than the as-of session) or filtered with the name of every rule that it fails, or of every screen.
 *
 * Order: kept. Failure: none; a value that is not available fails no upper bound and reaches no lower one.
 * Holds: nothing.
 */
export function screen(
  asOf: Session,
  bounds: ScreenBounds = {},
  screens: readonly Screen[] = [],
): OperatorFunction<Scored, Outcome> {
  return map(({ entry, row }): Outcome => {
    if (row[COLUMN.bars] === 0) return { kind: 'filtered', entry, rules: ['no-data'] };
    const failed = failedRules(row, bounds);
    if (row[COLUMN.last_session]! < asOf) return { kind: 'stale', entry, rules: failed, row };
    const rules = failed.length > 0 ? failed : failedScreens(screens, { entry, row });
    if (rules.length > 0) return { kind: 'filtered', entry, rules, row };
    return { kind: 'ranked', entry, row };
  });
}

/** Names of the screens that a symbol does not meet, as receipts have them. */
export function failedScreens(screens: readonly Screen[], subject: Subject): readonly string[] {
  if (screens.length === 0) return NONE;
  return screens.filter((one) => !one.test(subject)).map(({ name }) => SCREEN_PREFIX + name);
}

const NONE: readonly string[] = [];
const NO_RULES: ReadonlySet<string> = new Set();

/** Names of the rules that a row with bars fails, in the order in which they are listed. */
export function failedRules(
  row: FeatureRow,
  {
    minBars = 20,
    minClose = 1,
    minDollarVolume = 250_000,
    maxCloseCv = 0.5,
    maxJump = 10,
    maxSpike = 3,
    maxBadBars = 0,
    off = NO_RULES,
  }: ScreenBounds = {},
): readonly string[] {
  const rules: DataRule[] = [];
  if (!(row[COLUMN.bars]! >= minBars)) rules.push('short-history');
  if (!(row[COLUMN.close]! >= minClose)) rules.push('low-price');
  if (!(row[COLUMN.dollar_vol_40]! >= minDollarVolume)) rules.push('thin-trading');
  if (row[COLUMN.close_cv_20]! > maxCloseCv) rules.push('erratic-price');
  if (row[COLUMN.max_jump]! > maxJump) rules.push('price-jump');
  if (row[COLUMN.max_spike]! > maxSpike) rules.push('price-spike');
  if (row[COLUMN.bad_bars]! > maxBadBars) rules.push('impossible-bars');
  return off.size === 0 ? rules : rules.filter((rule) => !off.has(rule));
}
