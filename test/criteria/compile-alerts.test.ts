import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALERT_COLUMNS, ALERT_ONLY_COLUMNS } from '../../src/criteria/alert-columns.ts';
import { COLUMNS } from '../../src/criteria/columns.ts';
import { compileAlerts } from '../../src/criteria/compile-alerts.ts';
import { compileScreens } from '../../src/criteria/compile-screens.ts';
import { createChanges } from '../../src/daemon/changes.ts';
import { ConfigError } from '../../src/errors.ts';
import { subjectOfRow } from '../../src/sinks/subject-of-row.ts';
import { listedRanking } from '../support/listed-rankings.ts';

const changes = createChanges();
const before = listedRanking([
  ['A', 10, 'Long'],
  ['B', 9],
  ['C', null],
  ['D', 7, 'Short'],
]);
await (await changes.compare(before, 'k')).remember();
const { whole } = await changes.compare(
  listedRanking([
    ['C', 12],
    ['A', 11],
    ['X', 10],
    ['B', 5],
  ]),
  'k',
);
const written = [...whole.rows, ...whole.left!];

/** The symbols that meet a condition, those that left among them. */
async function meeting(condition: string): Promise<string> {
  const [rule] = await compileAlerts({ alert: [['r', condition]] });
  return written
    .filter((row) => rule!.test(subjectOfRow(row)))
    .map(({ symbol }) => symbol)
    .join('');
}

async function problemsOf(criteria: Parameters<typeof compileAlerts>[0]): Promise<readonly string[]> {
  const error: unknown = await compileAlerts(criteria).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems;
}

describe('rules of alerts', () => {
  it('know what became of a row, and what is not available of it', async () => {
    expect(await meeting('change == "entered"')).toBe('X');
    expect(await meeting('change == "left"')).toBe('D');
    expect(await meeting('rank == 2')).toBe('A');
    expect(await meeting('known(rank)')).toBe('CAXB');
    expect(await meeting('previous_rank <= 2')).toBe('AB');
    expect(await meeting('known(previous_rank)')).toBe('CABD');
    expect(await meeting('rank_change == 2')).toBe('C');
    expect(await meeting('rank_change < 0')).toBe('AB');
    expect(await meeting('known(rank_change)')).toBe('CAB');
    expect(await meeting('rating_change == 1')).toBe('A');
    expect(await meeting('known(rating_change)')).toBe('AB');
    expect(await meeting('previous_signal == "Long"')).toBe('A');
    expect(await meeting('known(previous_signal)')).toBe('CABD');
  });

  it('know of what left its symbol, and neither signal nor numbers', async () => {
    expect(await meeting('symbol == "D"')).toBe('D');
    expect(await meeting('not known(signal) and not known(close) and not known(composite)')).toBe('D');
    expect(await meeting('known(signal)')).toBe('CAXB');
  });

  it('are told apart by whether they ask for what was before', async () => {
    const rules = await compileAlerts({
      alert: [
        ['a', 'rank <= 10 and factors.momentum > 50'],
        ['b', 'close > 5 or rating_change > 1'],
        ['c', 'screen:nr7'],
        ['d', 'screen:mine'],
      ],
      define: [['mine', 'close > 7']],
    });
    expect(rules.map(({ name, looksBack, needsMarket }) => [name, looksBack, needsMarket])).toEqual([
      ['a', false, true],
      ['b', true, false],
      ['c', false, false],
      ['d', false, false],
    ]);
    expect(await compileAlerts({ alert: [] })).toEqual([]);
  });

  it('name every problem at once', async () => {
    const alert = [
      ['a', 'rnk < 3'],
      ['b', 'change = "entered"'],
      ['c', 'screen:golden-cros'],
      ['d', 'rank'],
      ['e', 'close > 1'],
      ['e', 'close > 2'],
    ] as const;
    const problems = await problemsOf({ alert });
    expect(problems.map((problem) => problem.split('\n', 1)[0]!.replace(/ at \d+.*/, ''))).toEqual([
      'alert a: unknown column `rnk`',
      expect.stringMatching(/^alert b: /),
      'alert c: unknown screen `golden-cros`; did you mean `golden-cross`?',
      expect.stringMatching(/^alert d: /),
      'alert e: defined twice; alerts are told apart by their rule',
    ]);
    expect(problems[0]).toContain('did you mean `rank`?');
  });

  it('have columns that a screen does not know: it says who does', async () => {
    for (const name of ALERT_ONLY_COLUMNS.keys()) {
      expect(COLUMNS.has(name)).toBe(false);
      await expect(compileScreens({ where: `known(${name})` })).rejects.toThrow(
        `--where: unknown column \`${name}\` at 7; only the rules of --alert know it`,
      );
    }
  });
});

describe('docs/daemon.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/daemon.md'), 'utf8');

  it('has the columns of alerts as the code has them', () => {
    const rows = Array.from(
      ALERT_ONLY_COLUMNS,
      ([name, { type, meaning }]) => `| \`${name}\` | ${type} | ${meaning} |\n`,
    );
    expect(page).toContain(`| column | type | meaning |\n|---|---|---|\n${rows.join('')}\n`);
    expect(new Set([...COLUMNS.keys(), ...ALERT_ONLY_COLUMNS.keys()])).toEqual(new Set(ALERT_COLUMNS.keys()));
  });

  it('has examples of alerts that compile', async () => {
    const examples = [...page.matchAll(/^ {4}--alert '([a-z-]+)=(.+)'$/gm)];
    expect(examples.length).toBeGreaterThan(3);
    const alert = examples.map(([, name, text]) => [name!, text!] as const);
    expect(await compileAlerts({ alert })).toHaveLength(examples.length);
  });
});
