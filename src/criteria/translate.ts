import { checkNames } from './check-names.ts';
import { COLUMNS, type CriteriaColumn } from './columns.ts';
import { type Mistake, quote } from './mistake.ts';
import { Pieces } from './pieces.ts';
import { readTokens, type Token } from './tokens.ts';

/** An expression in CEL. */
export interface Translation {
  readonly pieces: Pieces;
  /** Names of the columns in it. */
  readonly columns: ReadonlySet<string>;
  /** Empty, or `pieces` are not to be used. */
  readonly mistakes: readonly Mistake[];
}

/** What is between two brackets, or the whole. */
interface Frame {
  readonly bracket: Token | undefined;
  /** Index of the first piece of the comparison at hand. */
  from: number;
  comparison: Token | undefined;
  /** How many `not` reach to the end of the comparison at hand. */
  nots: number;
}

/** Characters: room for a list of a thousand symbols. */
const MAX_LENGTH = 20_000;
/** Each may be a level of a recursion in CEL. */
const MAX_OPERATORS = 500;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const ENDS_OF_COMPARISON: ReadonlySet<string> = new Set(['and', 'or', '?', ':', ',', ')', ']']);
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
]);
const IN_CEL: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['or', '||'],
]);

/** The name of a column as CEL has it: a plain identifier. */
export function celName(column: string): string {
  return column.replace('.', '_');
}

/**
 * Translates an expression into CEL: `and`, `or`, `not` and `not in` by the precedence that Python and SQL give them
 * (`not` reaches over a comparison, CEL's `!` does not), and whole numbers into doubles.
 *
 * `known` are the columns that it may name. Failure: every mistake that a look at the words can find; grammar and types are left to CEL.
 */
export function translate(text: string, known: ReadonlyMap<string, CriteriaColumn> = COLUMNS): Translation {
  const mistakes: Mistake[] = [];
  if (text.length > MAX_LENGTH) {
    mistakes.push({ start: MAX_LENGTH, end: text.length, what: `longer than ${MAX_LENGTH} characters` });
    return { pieces: new Pieces(), columns: new Set(), mistakes };
  }
  const tokens = readTokens(text, mistakes);
  const excess = tokens.filter(({ kind, text: sign }) => kind === 'sign' && sign !== ',')[MAX_OPERATORS];
  if (excess) {
    mistakes.push({ ...excess, what: `more than ${MAX_OPERATORS} operators` });
    return { pieces: new Pieces(), columns: new Set(), mistakes };
  }
  if (tokens.length === 0 && mistakes.length === 0) mistakes.push({ start: 0, end: 0, what: 'no condition' });
  const columns = checkNames(tokens, known, mistakes);
  return { pieces: putTogether(text, tokens, mistakes), columns, mistakes };
}

function putTogether(text: string, tokens: readonly Token[], mistakes: Mistake[]): Pieces {
  const pieces = new Pieces();
  const frames: Frame[] = [];
  let frame: Frame = { bracket: undefined, from: 0, comparison: undefined, nots: 0 };
  const endComparison = (token: Token) => {
    for (; frame.nots > 0; frame.nots--) pieces.insert(pieces.length, ')', token);
  };
  for (const [index, token] of tokens.entries()) {
    const { kind, text: sign } = token;
    if (kind !== 'sign') {
      pieces.add(kind === 'name' ? celName(sign) : sign, token);
      continue;
    }
    if (sign === 'not') {
      // `x not in y` negates from its first operand on.
      const isNotIn = tokens[index + 1]?.text === 'in' && tokens[index + 1]!.kind === 'sign';
      const at = isNotIn ? frame.from : pieces.length;
      pieces.insert(at, '!', token);
      pieces.insert(at + 1, '(', token);
      frame.from = at + 2;
      if (!isNotIn) frame.comparison = undefined;
      frame.nots++;
      continue;
    }
    if (ENDS_OF_COMPARISON.has(sign)) endComparison(token);
    if (COMPARISONS.has(sign)) {
      // Two in a row mean something else in each language.
      if (frame.comparison) mistakes.push(chained(text, pieces.token(frame.from), frame.comparison, token));
      frame.comparison = token;
    }
    pieces.add(IN_CEL.get(sign) ?? sign, token);
    if (CLOSING.has(sign)) {
      frames.push(frame);
      frame = { bracket: token, from: pieces.length, comparison: undefined, nots: 0 };
    } else if (sign === ')' || sign === ']') {
      if (frame.bracket === undefined || CLOSING.get(frame.bracket.text) !== sign) {
        mistakes.push({ ...token, what: `${quote(sign)} closes nothing` });
        return pieces;
      }
      frame = frames.pop()!;
    } else if (ENDS_OF_COMPARISON.has(sign)) {
      frame.from = pieces.length;
      frame.comparison = undefined;
    }
  }
  endComparison({ kind: 'sign', text: '', start: text.length, end: text.length });
  // Where more is wrong, that is likely why.
  if (frame.bracket && mistakes.length === 0)
    mistakes.push({ ...frame.bracket, what: `${quote(frame.bracket.text)} is not closed` });
  return pieces;
}

function chained(text: string, start: Token, first: Token, second: Token): Mistake {
  const left = text.slice(start.start, second.start).trim();
  const middle = text.slice(first.end, second.start).trim();
  const instead = quote(`${left} and ${middle} ${second.text} …`);
  return {
    ...second,
    what: 'two comparisons in a row',
    remedy: `write ${instead}, or parentheses around one of them`,
  };
}
