import { nearest } from '../settings/nearest.ts';
import { ALERT_ONLY_COLUMNS } from './alert-columns.ts';
import type { CriteriaColumn } from './columns.ts';
import { FUNCTIONS, METHODS } from './functions.ts';
import { type Mistake, quote } from './mistake.ts';
import type { Token } from './tokens.ts';

/** Words of other languages, and how it is written here. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['between', 'write `30 < rsi_14 and rsi_14 < 70`'],
  ['like', 'write `name.contains("…")`'],
  ['matches', 'there are no patterns; write `name.contains("…")`'],
  ['is', 'write `known(close)`, or `==` to compare'],
  ['null', 'write `known(close)`'],
]);

/**
 * The columns that an expression names. Every other name must be a function, or a method behind a dot: nothing else of
 * CEL gets through, neither its macros nor its constants. What is unknown is reported, with the nearest known name.
 */
export function checkNames(
  tokens: readonly Token[],
  known: ReadonlyMap<string, CriteriaColumn>,
  mistakes: Mistake[],
): ReadonlySet<string> {
  const columns = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'name') continue;
    const name = token.text;
    const isCalled = isSign(tokens[index + 1], '(');
    const isMember = isSign(tokens[index - 1], '.');
    const functions = isMember ? METHODS : FUNCTIONS;
    if (isMember || isCalled) {
      if (isCalled && functions.has(name)) continue;
      const usages = Array.from(functions.values(), ({ usage }) => quote(usage)).join(', ');
      const remedy = REMEDIES.get(name.toLowerCase()) ?? `there are ${usages}`;
      mistakes.push({ ...token, what: `unknown function ${quote(name)}`, remedy });
    } else if (known.has(name)) columns.add(name);
    else
      mistakes.push({ ...token, what: `unknown column ${quote(name)}`, remedy: columnRemedy(name, known) });
  }
  return columns;
}

function columnRemedy(given: string, columns: ReadonlyMap<string, CriteriaColumn>): string {
  const name = given.toLowerCase();
  const remedy = REMEDIES.get(name);
  if (remedy !== undefined) return remedy;
  if (ALERT_ONLY_COLUMNS.has(name)) return 'only the rules of --alert know it';
  // Of two letters, too much begins with them.
  const longer = name.length > 2 ? [...columns.keys()].find((column) => column.startsWith(name)) : undefined;
  const known = nearest(name, columns.keys()) ?? longer;
  return known === undefined
    ? `text is written in quotes: ${quote(`"${given}"`)}`
    : `did you mean \`${known}\`?`;
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.text === sign;
}
