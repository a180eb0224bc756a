import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../src/criteria/built-in.ts';
import { COLUMNS } from '../../src/criteria/columns.ts';
import { compileScreens } from '../../src/criteria/compile-screens.ts';
import { FUNCTIONS, METHODS } from '../../src/criteria/functions.ts';
import { type ColumnName, FEATURES } from '../../src/features.ts';
import { LISTING_FIELDS } from '../../src/listing.ts';
import { subject } from './subjects.ts';

type Values = Readonly<Partial<Record<ColumnName | 'factors.momentum', number>>>;

const STAGE_2: Values = {
  close: 100,
  sma_50: 95,
  sma_150: 85,
  sma_200: 80,
  sma_200_ret_21: 0.01,
  pct_from_low_252: 30,
  pct_from_high_252: -25,
  'factors.momentum': 70,
};

/** Values that meet a screen, and changes to them after each of which they do not. */
const CASES: Readonly<Record<keyof typeof BUILT_IN, readonly [meets: Values, misses: readonly Values[]]>> = {
  'golden-cross': [
    { since_golden_cross: 10 },
    [{ since_golden_cross: 11 }, { since_golden_cross: Number.NaN }],
  ],
  'new-high': [{ new_high_252: 1 }, [{ new_high_252: 0 }]],
  breakout: [
    { close: 10.01, prior_high_20: 10, vol_spike_ratio: 1.6 },
    [{ close: 10 }, { vol_spike_ratio: 1.5 }, { prior_high_20: Number.NaN }],
  ],
  'volume-surge': [{ vol_spike_ratio: 2, ret_1d: 0.001 }, [{ vol_spike_ratio: 1.99 }, { ret_1d: 0 }]],
  'oversold-bounce': [{ rsi_14_prev: 30, rsi_14: 30.1 }, [{ rsi_14_prev: 30.1 }, { rsi_14: 30 }]],
  'pullback-in-uptrend': [
    { close: 100, sma_20: 100, sma_50: 95, sma_200: 90 },
    [{ close: 101 }, { sma_50: 100 }, { sma_200: 95 }],
  ],
  squeeze: [{ squeeze_on: 1 }, [{ squeeze_on: 0 }]],
  nr7: [{ nr7: 1 }, [{ nr7: 0 }]],
  'gap-up': [{ gap_1d: 0.02 }, [{ gap_1d: 0.019 }, { gap_1d: -0.05 }]],
  'trend-template': [
    STAGE_2,
    [
      { sma_150: 80 },
      { sma_200_ret_21: 0 },
      { sma_50: 85 },
      { sma_50: 100 },
      { close: 95 },
      { close: 84 },
      { pct_from_low_252: 29.9 },
      { pct_from_high_252: -25.1 },
      { 'factors.momentum': 69.9 },
      { 'factors.momentum': Number.NaN },
    ],
  ],
  'rs-leader': [
    { 'factors.momentum': 90, pct_from_high_252: -15 },
    [{ 'factors.momentum': 89.9 }, { pct_from_high_252: -15.1 }],
  ],
};

function subjectOf({ 'factors.momentum': momentum, ...row }: Values) {
  return subject(
    row,
    momentum === undefined
      ? {}
      : { place: { factors: { momentum: Number.isNaN(momentum) ? null : momentum } } },
  );
}

describe.each(Object.entries(CASES))('%s', (name, [meets, misses]) => {
  it('holds where all of it does, and only there', async () => {
    const [screen] = await compileScreens({ use: [name] });
    expect(screen!.test(subjectOf(meets))).toBe(true);
    for (const change of misses)
      expect(screen!.test(subjectOf({ ...meets, ...change })), JSON.stringify(change)).toBe(false);
  });

  it('does not hold where nothing is available', async () => {
    const [screen] = await compileScreens({ use: [name] });
    expect(screen!.test(subject())).toBe(false);
  });

  it('needs the market where it asks for a factor', async () => {
    const [screen] = await compileScreens({ use: [name] });
    expect(screen!.needsMarket).toBe('factors.momentum' in meets);
  });
});

describe('docs/screens.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/screens.md'), 'utf8');
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;

  it('has every built-in screen as the code has it', () => {
    const rows = Object.entries(BUILT_IN).map(([name, { expression, meaning, source }]) =>
      row([`\`${name}\``, meaning, `\`${expression.replaceAll('\n', ' ')}\``, source]),
    );
    expect(page).toContain(
      `| screen | it holds for | condition | source |\n|---|---|---|---|\n${rows.join('')}\n`,
    );
  });

  it('has every column as the code has it', () => {
    const rows = Array.from(COLUMNS, ([name, { type, meaning }]) => row([`\`${name}\``, type, meaning]));
    expect(page).toContain(`| column | type | meaning |\n|---|---|---|\n${rows.join('')}`);
  });

  it('has every function as the code has it', () => {
    const rows = [...FUNCTIONS.values(), ...METHODS.values()].map(({ usage, meaning }) =>
      row([`\`${usage}\``, meaning]),
    );
    expect(page).toContain(`| function | what it gives |\n|---|---|\n${rows.join('')}\n`);
  });

  it('has examples that compile', async () => {
    const examples = [...page.matchAll(/^ {4}--where '([^']+)'$/gm)].map(([, where]) => where!);
    expect(examples.length).toBeGreaterThan(3);
    for (const where of examples) expect(await compileScreens({ where }), where).toHaveLength(1);
  });

  it('shows mistakes as they are told', async () => {
    const shown = [...page.matchAll(/^ {4}tapescan: (--where: [^\n]+\n {6}([^\n]+)\n {6} *\^+)$/gm)];
    expect(shown.length).toBeGreaterThan(1);
    for (const [, problem, where] of shown) {
      const told = await compileScreens({ where: where! }).catch((error: Error) => error.message);
      expect(told).toBe(problem!.replaceAll('\n    ', '\n'));
    }
  });
});

it('every feature and every field of a listing is a column', () => {
  const names = [...FEATURES, 'close', 'rating', ...Object.keys(LISTING_FIELDS)];
  expect(names.filter((name) => !COLUMNS.has(name))).toEqual([]);
});
