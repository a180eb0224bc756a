import type { Entry } from '../types.ts';
import type { Flaw, Token } from './list-format.ts';
import { printable } from './printable.ts';
import { Seen } from './seen.ts';
import { canonicalSymbol } from './spelling.ts';

/**
 * Makes the entry of each token of one input: a symbol, a duplicate of an earlier one, or malformed.
 *
 * Holds: the symbols of the input so far, packed (11 to 21 bytes each).
 */
export function createTokenJudge(): (token: Token, line: number) => Entry {
  const seen = new Seen();
  const judge = (token: string, line: number): Entry => {
    const symbol = canonicalSymbol(token);
    if (symbol === undefined) return flawed({ text: token, defect: 'malformed' }, line);
    const text = symbol === token ? symbol : printable(token);
    return seen.add(symbol) ? { symbol, text, line } : { symbol, text, line, defect: 'duplicate' };
  };
  return (token, line) => {
    if (typeof token === 'string') return judge(token, line);
    if ('defect' in token) return flawed(token, line);
    const entry = judge(token.text, line);
    return entry.defect === undefined ? { ...entry, listing: token.listing } : entry;
  };
}

function flawed({ text, defect }: Flaw, line: number): Entry {
  const shown = printable(text);
  return { symbol: shown, text: shown, line, defect };
}
