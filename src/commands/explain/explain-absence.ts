import { SKIP_REASONS, type Stage, SYMBOL_ERRORS } from '../../errors.ts';
import { type DataRule, RULES, SCREEN_PREFIX } from '../../rules.ts';
import type { OutcomeKind } from '../../types.ts';
import type { Receipt } from './receipt.ts';

/** Why a symbol has no row. */
export interface AbsenceExplanation {
  readonly type: 'absence';
  readonly symbol: string;
  /** How it left the scan; `null` where nothing tells. */
  readonly outcome: OutcomeKind | null;
  /** Where it was taken out. */
  readonly stage: Stage | null;
  readonly reasons: readonly AbsenceReason[];
  /** Its line in the list of the scan. */
  readonly line?: number;
  /** Its last session. */
  readonly session?: string;
}

export interface AbsenceReason {
  /** A rule, a code of a failure, a reason for skipping, or a word for what is none of them. */
  readonly name: string;
  readonly meaning: string;
  /** What the rule compares, and what was found. */
  readonly input?: string;
  readonly value?: number | null;
}

/** What a rule on data compares, by its name in a receipt. */
const RULE_INPUTS = {
  'short-history': 'bars',
  'low-price': 'close',
  'thin-trading': 'dollar_vol_40',
  'erratic-price': 'close_cv_20',
  'price-jump': 'max_jump',
  'price-spike': 'max_spike',
  'impossible-bars': 'bad_bars',
} as const satisfies Partial<Record<DataRule, keyof Receipt>>;

/** Explains by a symbol's receipt why a ranking does not have it; without one it was not in the list of the scan. */
export function explainAbsence(symbol: string, receipt: Receipt | undefined): AbsenceExplanation {
  if (receipt === undefined) {
    const reasons = [{ name: 'not-in-list', meaning: 'it was not in the list of the scan' }];
    return { type: 'absence', symbol, outcome: null, stage: 'universe', reasons };
  }
  const { outcome, line, session } = receipt;
  return {
    type: 'absence',
    symbol,
    outcome,
    stage: stageOf(receipt),
    reasons: reasonsOf(receipt),
    line,
    ...(session !== undefined && { session }),
  };
}

/** Where there are no receipts to look into. */
export function unexplainedAbsence(symbol: string): AbsenceExplanation {
  const reasons = [
    { name: 'no-receipts', meaning: 'the receipts of the scan tell why: give them with --receipts FILE' },
  ];
  return { type: 'absence', symbol, outcome: null, stage: null, reasons };
}

function stageOf({ outcome, rules, stage, reason }: Receipt): Stage | null {
  switch (outcome) {
    case 'ranked':
      return 'rank';
    case 'stale':
      return 'score';
    case 'filtered':
      return RULES.get(rules?.[0] ?? '')?.stage ?? 'score';
    case 'failed':
      return stage ?? null;
    case 'skipped':
      return reason === undefined ? null : (SKIP_REASONS[reason]?.stage ?? null);
  }
}

function reasonsOf(receipt: Receipt): readonly AbsenceReason[] {
  const { outcome, rules = [], code = 'unknown', message = '', reason } = receipt;
  switch (outcome) {
    case 'ranked':
      return [{ name: 'not-written', meaning: 'it was ranked, but is not among the best that --top keeps' }];
    case 'stale':
      return [
        { name: 'stale', meaning: 'its last bar is older than the as-of session' },
        ...ruleReasons(rules, receipt),
      ];
    case 'filtered':
      return ruleReasons(rules, receipt);
    case 'failed': {
      const meaning = new Map<string, { readonly meaning: string }>(Object.entries(SYMBOL_ERRORS)).get(code);
      return [{ name: code, meaning: [meaning?.meaning, message].filter(Boolean).join(': ') }];
    }
    case 'skipped':
      return [
        {
          name: reason ?? 'unknown',
          meaning: reason === undefined ? '' : (SKIP_REASONS[reason]?.meaning ?? ''),
        },
      ];
  }
}

function ruleReasons(rules: readonly string[], receipt: Receipt): readonly AbsenceReason[] {
  const inputs = new Map<string, (typeof RULE_INPUTS)[keyof typeof RULE_INPUTS]>(Object.entries(RULE_INPUTS));
  return rules.map((name) => {
    const input = inputs.get(name);
    const value = input === undefined ? undefined : receipt[input];
    return {
      name,
      meaning: meaningOf(name).replaceAll('`', ''),
      ...(input !== undefined && value !== undefined && { input, value }),
    };
  });
}

function meaningOf(rule: string): string {
  if (rule.startsWith(SCREEN_PREFIX)) {
    const name = rule.slice(SCREEN_PREFIX.length);
    return name === 'where' ? 'it does not meet --where' : `it does not meet the screen ${name}`;
  }
  return RULES.get(rule)?.meaning ?? 'a rule that this version does not know';
}
