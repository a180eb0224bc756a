import { expect, it } from 'vitest';
import { compileScreens } from '../../src/criteria/compile-screens.ts';
import { subject } from './subjects.ts';

const MOST_OPERATORS = 500;
const problemOf = (where: string) =>
  compileScreens({ where }).then(
    () => 'compiled',
    (error: Error) => error.message.split('\n')[0],
  );

it.each([
  ['parentheses', `${'('.repeat(5000)}close${')'.repeat(5000)} > 1`],
  ['nots', `${'not '.repeat(4000)}close > 1`],
  ['signs', `${'!'.repeat(10_000)}true`],
  ['minuses', `close > ${'-'.repeat(10_000)}1`],
  ['lists', `${'['.repeat(5000)}1${']'.repeat(5000)} == 1`],
  ['conditions in a row', Array.from({ length: 1000 }, () => 'close > 1').join(' and ')],
  ['choices', `${'true ? '.repeat(1000)}true${' : true'.repeat(1000)}`],
  ['members', `name${'.lower'.repeat(2000)}`],
])('too many %s are told, and nothing overflows', async (_, where) => {
  expect(await problemOf(where)).toMatch(/^--where: (?:more than 500 operators|unknown function)/);
});

it.each([
  ['parentheses', 200, (n: number) => `${'('.repeat(n)}close${')'.repeat(n)} > 1`],
  ['nots', 200, (n: number) => `${'not '.repeat(n)}close > 1`],
  ['minuses', MOST_OPERATORS - 2, (n: number) => `close > ${'-'.repeat(n)}1`],
  [
    'conditions',
    MOST_OPERATORS / 2,
    (n: number) => Array.from({ length: n }, () => 'close > 1').join(' and '),
  ],
])('as many %s as are allowed compile and are evaluated', async (_, count, text) => {
  const [screen] = await compileScreens({ where: text(count) });
  expect(screen!.test(subject({ close: 2 }))).toBe(true);
});

it.each([
  ['escaped quotes that never close', '\\"'.repeat(10_000)],
  ['triple quotes that never close', "'''\\".repeat(5000)],
  ['names', 'x '.repeat(10_000)],
  ['one long name', 'x'.repeat(20_000)],
  ['one long number', '9'.repeat(20_000)],
  ['comparisons in a row', `${'close<'.repeat(499)}1`],
])('%s make a few short problems', async (_, where) => {
  const problems = await compileScreens({ where }).catch((error: Error) => error.message.split('\n'));
  expect(problems.length).toBeLessThanOrEqual(5 * 3);
  for (const line of problems) expect(String(line).length).toBeLessThan(200);
});

it('tells what is nested deeper than CEL takes', async () => {
  expect(await problemOf(`${'not '.repeat(300)}close > 1`)).toMatch(/^--where: nested too deeply at \d+$/);
});

it('takes a list of a thousand symbols, and no text without end', async () => {
  const symbols = Array.from({ length: 1500 }, (_, index) => `"S${index}"`);
  const [screen] = await compileScreens({ where: `symbol in [${symbols.join(', ')}, "AAPL"]` });
  expect(screen!.test(subject())).toBe(true);
  expect(await problemOf(`symbol in [${Array(10_000).fill('"AAPL"').join(', ')}]`)).toBe(
    '--where: longer than 20000 characters at 20001',
  );
});

it.each([
  'name.matches("(a+)+$")',
  '[1, 2].exists(x, x > 1)',
  '[[1]].map(x, x).all(y, true)',
  'cel.bind(x, 1, x > 0)',
  'has(factors.momentum)',
  'type(close) == double',
  'dyn(close) == 1',
  'bytes("a") == b"a"',
  'timestamp("2020-01-01T00:00:00Z") > 1',
  'constructor == 1',
  '__proto__ == 1',
  'close.constructor == 1',
  'factors.__proto__ == 1',
  'factors.constructor == 1',
  'factors["momentum"] > 1',
  'toString() == ""',
  'hasOwnProperty("close")',
  'google.protobuf == 1',
  '{"a": 1}.a == 1',
  'subject == 1',
  'last_session > 1',
])('%s is not in the language', async (where) => {
  expect(await problemOf(where)).toMatch(/^--where: (?:unknown|unexpected)/);
});
