import { type Mistake, quote } from './mistake.ts';

/** Indices of a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A part of an expression, and where it was typed. */
export interface Token extends Range {
  /** A `value` is written down: a number, a text, `true` or `false`. */
  readonly kind: 'value' | 'name' | 'sign';
  /** As CEL has it, but for the signs `and`, `or` and `not`, which are words here. */
  readonly text: string;
}

/** In this order at each place. Texts as CEL has them: raw (`r"…"`), three quotes, a backslash before a quote. */
const FORMS = new RegExp(
  [
    String.raw`(?<space>(?:\s|//[^\n]*)+)`,
    String.raw`(?<text>[rR]?(?:"""(?:\\[^]|(?!""")[^\\])*"""|'''(?:\\[^]|(?!''')[^\\])*'''|"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'))`,
    String.raw`(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?<rest>[\w.]*))`,
    String.raw`(?<word>factors\s*\.\s*[A-Za-z_]\w*|[A-Za-z_]\w*)`,
    '(?:===|!==|<>|=>|=<)',
    String.raw`(?<sign>&&|\|\||==|!=|<=|>=|[-+*/<>()[\],.?:!])`,
    '[^]',
  ].join('|'),
  'yu',
);

/** Words that are no names, in any case, and signs that have a word. */
const WORDS: ReadonlyMap<string, Pick<Token, 'kind' | 'text'>> = new Map([
  ['and', { kind: 'sign', text: 'and' }],
  ['&&', { kind: 'sign', text: 'and' }],
  ['or', { kind: 'sign', text: 'or' }],
  ['||', { kind: 'sign', text: 'or' }],
  ['not', { kind: 'sign', text: 'not' }],
  ['in', { kind: 'sign', text: 'in' }],
  ['true', { kind: 'value', text: 'true' }],
  ['false', { kind: 'value', text: 'false' }],
]);

/** What people write who know another language, and how it is written here. */
const FOREIGN_SIGNS: ReadonlyMap<string, string> = new Map([
  ['=', 'write `==` to compare'],
  ['===', 'write `==`'],
  ['!==', 'write `!=`'],
  ['<>', 'write `!=`'],
  ['=>', 'write `>=`'],
  ['=<', 'write `<=`'],
  ['≥', 'write `>=`'],
  ['≤', 'write `<=`'],
  ['≠', 'write `!=`'],
  ['−', 'write `-`'],
  ['&', 'write `and`'],
  ['|', 'write `or`'],
  ['%', 'write 2% as 0.02, or as 2 where the column is in percent'],
  ['"', 'the text is not closed'],
  ["'", 'the text is not closed'],
  ['“', 'write straight quotes: "…"'],
  ['”', 'write straight quotes: "…"'],
  ['‘', 'write straight quotes: "…"'],
  ['’', 'write straight quotes: "…"'],
]);

/** Cuts an expression into its tokens; spaces and comments fall away. What is none is reported, and left out. */
export function readTokens(text: string, mistakes: Mistake[]): readonly Token[] {
  const tokens: Token[] = [];
  const form = new RegExp(FORMS);
  while (form.lastIndex < text.length) {
    const start = form.lastIndex;
    const groups = form.exec(text)!.groups!;
    const end = form.lastIndex;
    const piece = text.slice(start, end);
    const mistake = (what: string, remedy?: string) => mistakes.push({ what, start, end, remedy });
    const add = (kind: Token['kind'], as: string) => tokens.push({ kind, text: as, start, end });
    const word = WORDS.get(piece.toLowerCase());
    if (word !== undefined) add(word.kind, word.text);
    else if (groups.text !== undefined) add('value', piece);
    else if (groups.word !== undefined) add('name', piece.replaceAll(/\s/g, ''));
    else if (groups.sign !== undefined) add('sign', piece);
    else if (groups.number !== undefined) {
      const value = Number(groups.rest === '' ? piece : Number.NaN);
      if (Number.isFinite(value)) add('value', double(value));
      else mistake(`${quote(piece)} is not a number`, 'write numbers such as 1000, 0.5 or 2e9');
    } else if (groups.space === undefined) mistake(`unexpected ${quote(piece)}`, FOREIGN_SIGNS.get(piece));
  }
  return tokens;
}

/** CEL keeps whole numbers apart from those of the columns, and does not compare or add the two. */
function double(value: number): string {
  const shortest = String(value);
  return /[.e]/.test(shortest) ? shortest : `${shortest}.0`;
}
