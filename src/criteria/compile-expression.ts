import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import { COLUMNS, type CriteriaColumn } from './columns.ts';
import { explainRejection, explainResult, type Rejection } from './explain-rejection.ts';
import { FUNCTIONS } from './functions.ts';
import { describeMistake } from './mistake.ts';
import { celName, translate } from './translate.ts';

/** A condition that is checked and ready. `context` has the columns by their names in CEL. */
export interface CompiledExpression {
  readonly needsMarket: boolean;
  /** Names of the columns in it. */
  readonly columns: ReadonlySet<string>;
  readonly evaluate: (context: object) => boolean;
}

/** Compiles an expression; `undefined` where it has problems, which are added to `problems` under the name `from`. */
export type CompileExpression = (
  from: string,
  text: string,
  problems: string[],
) => CompiledExpression | undefined;

/**
 * A compiler of expressions that know these columns. Loads CEL, which takes longer than all the rest: only where there is
 * something to compile.
 */
export async function createCompiler(
  known: ReadonlyMap<string, CriteriaColumn> = COLUMNS,
): Promise<CompileExpression> {
  const { Environment } = await import('@marcbachmann/cel-js');
  const environment = declare(new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS }), known);
  return (from, text, problems) => {
    const { pieces, columns, mistakes: found } = translate(text, known);
    const mistakes = [...found];
    let program: ParseResult | undefined;
    if (mistakes.length === 0) {
      try {
        program = environment.parse(String(pieces));
        const { valid, type, error } = program.check();
        if (!valid) mistakes.push(explainRejection(error!, text, pieces));
        else if (type !== 'bool') mistakes.push(explainResult(type!, text));
      } catch (error) {
        if ((error as Error).name !== 'ParseError') throw error;
        mistakes.push(explainRejection(error as Rejection, text, pieces));
      }
    }
    if (mistakes.length > 0) {
      mistakes.sort((a, b) => a.start - b.start);
      problems.push(
        ...mistakes.slice(0, MOST_MISTAKES).map((mistake) => describeMistake(from, text, mistake)),
      );
      return undefined;
    }
    return {
      needsMarket: [...columns].some((name) => known.get(name)!.needsMarket),
      columns,
      evaluate: program as (context: object) => boolean,
    };
  };
}

/** The length of the text is the limit. */
const LIMITS = { maxListElements: 20_000 };
/** Of one expression: the first ones explain the others. */
const MOST_MISTAKES = 5;

function declare(environment: Environment, known: ReadonlyMap<string, CriteriaColumn>): Environment {
  for (const [name, { type }] of known)
    environment.registerVariable(celName(name), type === 'number' ? 'double' : 'string');
  for (const { overloads = {} } of FUNCTIONS.values()) {
    for (const [signature, handler] of Object.entries(overloads))
      environment.registerFunction(signature, handler, { async: false });
  }
  return environment;
}
