import type { ASTNode, ParseError, TypeCheckResult } from '@marcbachmann/cel-js';
import { FUNCTIONS, METHODS } from './functions.ts';
import { type Mistake, quote } from './mistake.ts';
import type { Pieces } from './pieces.ts';
import type { Range } from './tokens.ts';

/** What CEL says of an expression that it does not take. */
export type Rejection = ParseError | NonNullable<TypeCheckResult['error']>;

const TYPES: Readonly<Record<string, string>> = {
  double: 'a number',
  string: 'text',
  bool: 'a condition',
  'list<double>': 'a list of numbers',
  'list<string>': 'a list of texts',
  'list<bool>': 'a list of conditions',
};

/** Why CEL does not take an expression, in the words of its author, at the place where it was typed. */
export function explainRejection(rejection: Rejection, text: string, pieces: Pieces): Mistake {
  const range = rejection.range ?? { start: 0, end: 0 };
  const pieceOf = (node: Range) => {
    const { start, end } = pieces.rangeOf(node);
    return text.slice(start, end);
  };
  const mistake = (what: string, at: Range, remedy?: string): Mistake => ({
    ...pieces.rangeOf(at),
    what,
    remedy,
  });
  const notACondition = (node: ASTNode) =>
    mistake(
      `${quote(pieceOf(node))} is ${typeOf(node)}, not a condition`,
      node,
      typeOf(node) === TYPES.double ? `compare it, as in ${quote(`${pieceOf(node)} > 0`)}` : undefined,
    );

  if (rejection.name === 'ParseError') {
    const token = pieces.tokenAt(range.start);
    if (rejection.code === 'limit_exceeded')
      return { ...(token ?? { start: 0, end: 0 }), what: 'nested too deeply' };
    if (token === undefined || token.start >= text.length)
      return { start: text.length, end: text.length, what: 'breaks off', remedy: 'something must follow' };
    const typed = quote(text.slice(token.start, token.end));
    return /escape|surrogate/.test(rejection.code)
      ? { ...token, what: `${typed} has a \`\\\` that is none of CEL’s` }
      : { ...token, what: `unexpected ${typed}` };
  }
  const node = rejection.node as ASTNode;
  const piece = quote(pieceOf(range));
  switch (rejection.code) {
    case 'no_such_overload': {
      if (node.op === '!_') return notACondition(node.args);
      if (node.op === '-_')
        return mistake(`${quote(pieceOf(node.args))} is ${typeOf(node.args)}, not a number`, range);
      const [left, right] = (node.args as [ASTNode, ASTNode]).map(typeOf);
      if (node.op === 'in' && left === right && left === TYPES.string) {
        const [part, whole] = (node.args as [ASTNode, ASTNode]).map(pieceOf);
        return mistake(`${piece} looks in no list`, range, `write ${quote(`${whole}.contains(${part})`)}`);
      }
      if (node.op === 'in')
        return mistake(
          `${piece} looks for ${left} in ${right}`,
          range,
          'write `sector in ["Energy", "Utilities"]`',
        );
      const does = /[=<>]/.test(node.op) ? 'compares' : 'calculates with';
      const and = does === 'compares' ? 'with' : 'and';
      return mistake(`${piece} ${does} ${left} ${and} ${right}`, range);
    }
    case 'invalid_logical_operand':
      return notACondition((node.args as [ASTNode, ASTNode]).find((one) => typeOf(one) !== TYPES.bool)!);
    case 'invalid_condition_type':
      return notACondition(node);
    case 'incompatible_ternary_branches': {
      const [, yes, no] = node.args as [ASTNode, ASTNode, ASTNode];
      return mistake(`${piece} is ${typeOf(yes)} or ${typeOf(no)}`, range, 'both must be of one type');
    }
    case 'heterogeneous_list_element':
      return mistake(`${piece} is ${typeOf(node)}, and what stands before it in the list is not`, range);
    case 'no_matching_overload': {
      const [name] = node.args as unknown as [string];
      const { usage } = (node.op === 'rcall' ? METHODS : FUNCTIONS).get(name)!;
      return mistake(`${piece} is not ${quote(usage)}`, range);
    }
    default:
      return mistake(`${piece} is not possible`, range);
  }
}

/** What an expression gives that is no condition. */
export function explainResult(type: string, text: string): Mistake {
  const name = TYPES[type] ?? type;
  return {
    what: `${quote(text.trim())} is ${name}, not a condition`,
    start: text.length - text.trimStart().length,
    end: text.trimEnd().length,
    remedy: type === 'double' ? `compare it, as in ${quote(`${text.trim()} > 0`)}` : undefined,
  };
}

/** The checker leaves a node's type on it; it is not in the declared interface. */
function typeOf(node: ASTNode): string {
  const { checkedType } = node as { checkedType?: { readonly name: string } };
  return TYPES[checkedType?.name ?? ''] ?? 'something else';
}
