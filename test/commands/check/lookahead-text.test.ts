import { expect, it } from 'vitest';
import type { LookaheadReport } from '../../../src/commands/check/check-lookahead.ts';
import { lookaheadText } from '../../../src/commands/check/lookahead-text.ts';

const report: LookaheadReport = {
  type: 'lookahead',
  ok: false,
  symbols: 1200,
  bars: 312_000,
  empty: 0,
  compared: 5_000_000,
  moved: [
    {
      comparison: 'history',
      name: 'sma.sma',
      symbol: 'AAPL',
      session: '2018-07-16',
      known: '2018-07-17',
      before: null,
      after: 101.25,
      count: 1300,
    },
    {
      comparison: 'row',
      name: 'rsi_14',
      symbol: 'MSFT',
      session: '2018-07-17',
      known: '2018-07-17',
      before: 55.000000000000014,
      after: 55,
      count: 1,
    },
  ],
  claims: [
    {
      indicator: 'sma',
      output: 'sma',
      warmup: { claimed: 19, measured: 19, verdict: 'holds' },
      stableFrom: { claimed: 19, measured: 19, reached: true, verdict: 'holds' },
    },
    {
      indicator: 'rsi',
      output: 'rsi',
      warmup: { claimed: 14, measured: 14, verdict: 'holds' },
      stableFrom: { claimed: 294, measured: 303, reached: true, verdict: 'broken' },
    },
    {
      indicator: 'adx',
      output: 'adx',
      warmup: { claimed: 27, measured: null, verdict: 'untested' },
      stableFrom: { claimed: 350, measured: null, reached: false, verdict: 'untested' },
    },
    {
      indicator: 'obv',
      output: 'obv',
      warmup: { claimed: 0, measured: 0, verdict: 'holds' },
      stableFrom: { claimed: null, measured: 259, reached: false, verdict: 'unclaimed' },
    },
  ],
  failed: { 'timed-out': 2 },
  skipped: { duplicate: 3 },
};

it('shows what moved with every digit, and the claims as a table', () => {
  expect([...lookaheadText(report)].join('')).toBe(`1,200 symbols, 312,000 bars: 5,000,000 values compared
2 symbols not checked: timed-out
3 entries skipped: duplicate

✗ sma.sma moves, 1,300 times. First: AAPL on 2018-07-16
    101.25 with all bars, no value when nothing behind 2018-07-17 is known
✗ rsi_14 moves, once. First: MSFT on 2018-07-17
    55 with all bars, 55.000000000000014 of a series that ends on 2018-07-17
✗ 2 values move: what is computed of a session depends on what came later.

                                       warm-up         stable from
indicator      output         claimed measured    claimed measured
sma            sma                 19       19         19       19  ✓
rsi            rsi                 14       14        294      303  ✗ broken
adx            adx                 27        -        350        -  ? too few bars
obv            obv                  0        0      never    ≥ 259  ✓

✗ Claimed earlier than measured: rsi.rsi. Judge these by more bars than claimed.
`);
});

it('says so where nothing moves, and where nothing was compared', () => {
  const quiet = { ...report, moved: [], claims: [], failed: {}, skipped: {} };
  expect([...lookaheadText(quiet)].join('')).toContain('\n✓ Nothing looks ahead');
  expect([...lookaheadText({ ...quiet, compared: 0 })].join('')).toContain('\n✗ Nothing was compared.\n');
});
