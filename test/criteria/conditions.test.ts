import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { createCompiler } from '../../src/criteria/compile-expression.ts';
import { translate } from '../../src/criteria/translate.ts';

/** A condition in the two ways of writing it, and what it is. */
interface Node {
  readonly words: string;
  readonly symbols: string;
  readonly value: (row: Row) => boolean;
}
/** A number. */
interface Term {
  readonly text: string;
  readonly value: (row: Row) => number;
}
type Row = Readonly<Record<(typeof NAMES)[number], number>>;

const NAMES = ['close', 'sma_50', 'rsi_14', 'ret_1d'] as const;
const SECTORS = ['Energy', 'Utilities', ''];
const compile = await createCompiler();

const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(...NAMES).map((name): Term => ({ text: name, value: (row) => row[name] })),
    fc.integer({ min: 0, max: 9 }).map((number): Term => ({ text: String(number), value: () => number })),
    fc
      .double({ min: 0, max: 9, noNaN: true })
      .map((number): Term => ({ text: String(number), value: () => number })),
    fc.tuple(tie('term'), fc.constantFrom('+', '-', '*', '/'), tie('term')).map(
      ([a, sign, b]): Term => ({
        text: `(${a.text} ${sign} ${b.text})`,
        value: (row) => {
          const [x, y] = [a.value(row), b.value(row)];
          return sign === '+' ? x + y : sign === '-' ? x - y : sign === '*' ? x * y : x / y;
        },
      }),
    ),
    tie('term').map((a): Term => ({ text: `-${a.text}`, value: (row) => -a.value(row) })),
  ),
}));

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};
const comparison = fc
  .tuple(term, fc.constantFrom(...Object.keys(COMPARE)), term)
  .map(([a, sign, b]): Node => {
    const text = `${a.text}${sign}${b.text}`;
    return { words: text, symbols: text, value: (row) => COMPARE[sign]!(a.value(row), b.value(row)) };
  });
const membership = fc
  .tuple(term, fc.array(term, { maxLength: 4 }), fc.boolean())
  .map(([a, list, isIn]): Node => {
    const items = `[${list.map(({ text }) => text).join(', ')}]`;
    return {
      words: `${a.text} ${isIn ? 'in' : 'not in'} ${items}`,
      symbols: isIn ? `${a.text} in ${items}` : `!(${a.text} in ${items})`,
      value: (row) => list.some((one) => one.value(row) === a.value(row)) === isIn,
    };
  });
const knowledge = fc.constantFrom(...NAMES).map(
  (name): Node => ({
    words: `known(${name})`,
    symbols: `known(${name})`,
    value: (row) => Number.isFinite(row[name]),
  }),
);

/** By precedence, with parentheses only where they are needed: `or` of `and` of `not` of comparisons. */
const { or } = fc.letrec<{ or: Node; and: Node; not: Node }>((tie) => {
  const join = (name: 'and' | 'not', word: string, sign: string, isAll: boolean) =>
    fc.array(tie(name), { minLength: 1, maxLength: 3 }).map(
      (nodes): Node => ({
        words: nodes.map(({ words }) => words).join(` ${word} `),
        symbols: nodes.map(({ symbols }) => symbols).join(` ${sign} `),
        value: (row) =>
          isAll ? nodes.every(({ value }) => value(row)) : nodes.some(({ value }) => value(row)),
      }),
    );
  return {
    or: join('and', 'or', '||', false),
    and: join('not', 'AND', '&&', true),
    not: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      comparison,
      membership,
      knowledge,
      tie('not').map(
        (node): Node => ({
          words: `not ${node.words}`,
          symbols: `!(${node.symbols})`,
          value: (row) => !node.value(row),
        }),
      ),
      tie('or').map(
        (node): Node => ({
          words: `(${node.words})`,
          symbols: `(${node.symbols})`,
          value: node.value,
        }),
      ),
    ),
  };
});

const number = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.double({ min: -10, max: 10 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
);
const row = fc.record({ close: number, sma_50: number, rsi_14: number, ret_1d: number });

test.prop([or, or, row], { numRuns: 400 })(
  'a condition means the same in words, in signs and in a mixture, and what JavaScript says',
  (a, b, values) => {
    const mixed = `(${a.words}) && !(${b.symbols})`;
    const expected: readonly (readonly [string, boolean])[] = [
      [a.words, a.value(values)],
      [a.symbols, a.value(values)],
      [mixed, a.value(values) && !b.value(values)],
    ];
    for (const [text, value] of expected) {
      // What is longer than a condition may be is told so, and is not of interest here.
      if (translate(text).mistakes.some(({ what }) => /^more than|^longer than/.test(what))) continue;
      const problems: string[] = [];
      const compiled = compile('test', text, problems);
      expect(problems).toEqual([]);
      expect(compiled!.evaluate(values), text).toBe(value);
    }
  },
);

test.prop([
  fc.constantFrom(...SECTORS),
  fc.constantFrom(...SECTORS),
  fc.string({ size: 'max', maxLength: 40 }),
])('a text is compared as it is, however it is quoted', (sector, other, odd) => {
  const quoted = [sector, odd].flatMap((text) => [
    [JSON.stringify(text).replaceAll('\u007f', '\\u007f'), text],
    ...(/['\\\r\n]/.test(text)
      ? []
      : [
          [`'${text}'`, text],
          [`r'${text}'`, text],
          [`'''${text}'''`, text],
        ]),
  ]);
  for (const [literal, text] of quoted) {
    const problems: string[] = [];
    const compiled = compile('test', `sector == ${literal} and not sector == "an or not"`, problems);
    // Half of a pair of surrogates is no character.
    if (!text!.isWellFormed()) continue;
    expect(problems, literal).toEqual([]);
    for (const value of [sector, other, odd])
      expect(compiled!.evaluate({ sector: value })).toBe(value === text);
  }
});

test.prop([or, fc.nat()])('an unknown name is told where it was typed', (node, at) => {
  const places = [...node.words.matchAll(/\b(?:close|sma_50|rsi_14|ret_1d)\b/g)];
  // Beyond the limits of a condition that is the mistake that is told.
  fc.pre(places.length > 0 && translate(node.words).mistakes.length === 0);
  const { index, 0: name } = places[at % places.length]!;
  const text = `${node.words.slice(0, index)}zzzzz${node.words.slice(index + name.length)}`;
  expect(translate(text).mistakes.filter(({ what }) => what.startsWith('unknown'))).toMatchObject([
    { what: 'unknown column `zzzzz`', start: index, end: index + 5 },
  ]);
});

test.prop([comparison, or], { numRuns: 200 })(
  'a comparison that cannot be is told where it was typed',
  (wrong, node) => {
    const bad = `sector ${wrong.words.match(/[<>=!]=?/)![0]} 1`;
    const before = `(${node.words}) and not `;
    const text = `${before}${bad} or ${node.words}`;
    fc.pre(translate(text).mistakes.length === 0);
    const problems: string[] = [];
    compile('test', text, problems);
    expect(problems[0]!.split('\n')[0]).toBe(
      `test: \`${bad}\` compares text with a number at ${before.length + 1}`,
    );
  },
);

const pieces = fc.constantFrom(
  ...[
    'close',
    'sector',
    'not',
    'and',
    'or',
    'in',
    '(',
    ')',
    '[',
    ']',
    ',',
    '?',
    ':',
    '.',
    '<',
    '==',
    '!',
    '-',
    '+',
  ],
  ...[
    '1',
    '"a"',
    '"',
    "'",
    '//',
    '\\',
    'r"',
    '{',
    '}',
    'known',
    'matches',
    '__proto__',
    'constructor',
    'factors',
    '\n',
  ],
);
test.prop(
  [
    fc.oneof(
      fc.string({ size: 'max', maxLength: 200 }),
      fc.array(pieces, { size: 'max', maxLength: 60 }).map((list) => list.join(' ')),
    ),
  ],
  {
    numRuns: 1000,
  },
)('any text at all compiles or is a list of problems', (text) => {
  const problems: string[] = [];
  const compiled = compile('test', text, problems);
  expect(compiled === undefined).toBe(problems.length > 0);
  for (const problem of problems) {
    const [, line, carets] = problem.split('\n') as [string, string, string];
    expect(problem.split('\n')).toHaveLength(3);
    expect(carets).toMatch(/^ +\^+$/);
    expect(carets.indexOf('^')).toBeLessThanOrEqual(line.length);
  }
});
