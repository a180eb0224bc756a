import { parseSession } from '../../session.ts';
import type { RankedRow } from '../../types.ts';
import { printable } from '../../universe/printable.ts';
import type { ClassicWeights } from '../../workers/classic.ts';
import { RATING_INPUTS, SUBSCORE_NAMES, type SubscoreName, subscoreOf } from './conditions.ts';
import { discountOf } from './discount.ts';

type CompositeField = 'composite' | 'composite_signal' | 'coverage' | 'factors' | 'contributions';
type RatingField =
  | ('type' | 'scan' | 'rank' | 'symbol' | 'session' | 'close' | 'signal' | 'features')
  | ('rating' | 'raw' | 'risk')
  | SubscoreName;

/** What is read back of a row of a ranking: composite, plan and listing are there or not. */
export type WrittenRow = Pick<RankedRow, RatingField> &
  Partial<Pick<RankedRow, CompositeField | 'plan' | 'listing'>>;

const SIGNALS = ['Strong Long', 'Long', 'Avoid', 'Short', 'Strong Short'];
/** Ratings are sums of few products: what differs by more was made with other weights. */
const TOLERANCE = 1e-9;

type Check = readonly [name: string, expected: string, test: (value: unknown) => boolean];

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isNumberOrNull = (value: unknown) => value === null || isNumber(value);
const isText = (value: unknown) => typeof value === 'string' && value === printable(value);
/** Of any length, without what a terminal would obey. */
const isSentence = (value: unknown) => typeof value === 'string' && !/\p{C}/u.test(value);
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumbers = (value: unknown) => isObject(value) && Object.values(value as object).every(isNumberOrNull);

const CHECKS: readonly Check[] = [
  ['type', '"ranked"', (value) => value === 'ranked'],
  ['scan', 'a text', (value) => typeof value === 'string'],
  ['rank', 'an integer from 1', (value) => Number.isSafeInteger(value) && (value as number) > 0],
  ['symbol', 'a symbol', (value) => isText(value) && value !== ''],
  ['session', 'a date', (value) => typeof value === 'string' && !Number.isNaN(parseSession(value))],
  ['signal', `one of ${SIGNALS.join(', ')}`, (value) => SIGNALS.includes(value as string)],
  ...['close', 'raw', ...SUBSCORE_NAMES].map((name): Check => [name, 'a number', isNumber]),
  ...['rating', 'risk'].map((name): Check => [name, 'a number or null', isNumberOrNull]),
  ['features', 'numbers by name', isNumbers],
];
const isListing = (value: unknown) =>
  isObject(value) && Object.values(value as object).every((one) => isNumberOrNull(one) || isSentence(one));
const COMPOSITE_CHECKS: readonly Check[] = [
  ['composite', 'a number', isNumber],
  ['composite_signal', `one of ${SIGNALS.join(', ')}`, (value) => SIGNALS.includes(value as string)],
  ['coverage', 'a number', isNumber],
  ['factors', 'numbers by name', isNumbers],
  ['contributions', 'numbers by name', isNumbers],
];

const PLAN_CHECKS: readonly Check[] = [
  ['plan.side', 'long or short', (value) => value === 'long' || value === 'short'],
  ...['setup', 'reason'].map((name): Check => [`plan.${name}`, 'a text', isSentence]),
  ...['entry', 'stop', 'target', 'risk_per_share', 'shares', 'position'].map(
    (name): Check => [`plan.${name}`, 'a number', isNumber],
  ),
  ['plan.capped', 'true or false', (value) => typeof value === 'boolean'],
];

/** Why a value is not a row of a ranking with these weights; `undefined` where it is one. */
export function rowProblem(value: unknown, weights: ClassicWeights): string | undefined {
  if (!isObject(value)) return 'expected a row of a ranking';
  const fields = value as Readonly<Record<string, unknown>>;
  const checks = fields.composite === undefined ? CHECKS : [...CHECKS, ...COMPOSITE_CHECKS];
  for (const [name, expected, test] of checks) {
    if (!test(fields[name])) return problem(name, expected, fields[name]);
  }
  const { features, plan } = fields as unknown as WrittenRow;
  if (plan !== undefined && plan !== null) {
    for (const [name, expected, test] of PLAN_CHECKS) {
      const value = (plan as unknown as Readonly<Record<string, unknown>>)[name.slice('plan.'.length)];
      if (!test(value)) return problem(name, expected, value);
    }
  }
  const { listing } = fields;
  if (listing !== undefined && listing !== null && !isListing(listing))
    return problem('listing', 'texts and numbers by name', listing);
  const absent = RATING_INPUTS.find((name) => features[name] === undefined);
  return absent === undefined
    ? ratingProblem(fields as unknown as WrittenRow, weights)
    : problem(`features.${absent}`, 'a number or null', undefined);
}

/** Where a row's numbers do not follow from its features: another version made it, or other weights did. */
function ratingProblem(row: WrittenRow, weights: ClassicWeights): string | undefined {
  for (const name of SUBSCORE_NAMES) {
    const expected = subscoreOf(name, row.features);
    if (row[name] !== expected)
      return `${name} is ${row[name]}, but the row's features make ${expected}; scan again with this version`;
  }
  const raw = SUBSCORE_NAMES.reduce((sum, name) => sum + weights[name] * row[name], 0);
  if (!isNear(raw, row.raw)) return otherWeights('raw', row.raw, raw);
  const discount = discountOf(row.risk, weights);
  const rating = discount === null ? null : row.raw * discount;
  if (rating === null || row.rating === null) {
    return rating === row.rating ? undefined : otherWeights('rating', row.rating, rating);
  }
  return isNear(rating, row.rating) ? undefined : otherWeights('rating', row.rating, rating);
}

function otherWeights(name: string, is: number | null, made: number | null): string {
  return `${name} is ${is}, but these weights make ${made}; give --weight as the scan had it`;
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));
}

function problem(name: string, expected: string, value: unknown): string {
  const got = value === undefined ? 'nothing' : printable(JSON.stringify(value));
  return `${name}: expected ${expected}, got ${got}`;
}
