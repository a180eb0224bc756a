import type { Alert } from '../../src/types.ts';

/** Alerts of one rule, for symbols `S0`, `S1`, …, the same for the same arguments. */
export function createAlertsOf(rule: string, count: number, first = 0): readonly Alert[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{
      type: 'alert',
      rule,
      scan: 'scan-1',
      symbol: `S${first + index}`,
      session: '2024-05-03',
      setup: null,
    },
    ...{ rank: index + 1, close: 12.5, rating: null, signal: 'Avoid', plan: null },
    ...{ change: 'entered', previous: null },
  }));
}
