import { ConfigError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import type { Screen } from '../types.ts';
import { BUILT_IN } from './built-in.ts';
import { COLUMNS } from './columns.ts';
import { type CompiledExpression, createCompiler } from './compile-expression.ts';
import { createContext } from './create-context.ts';

export interface CriteriaOptions {
  /** A condition, such as `rsi_14 < 30 and close > sma_200`. @default none */
  readonly where?: string | undefined;
  /** Names of the screens to apply: built-in ones and those of `define`. @default none */
  readonly use?: readonly string[];
  /** The user's own screens, name and condition. All are checked, used or not. @default none */
  readonly define?: readonly (readonly [name: string, expression: string])[];
}

/** The screen that `where` becomes. */
const WHERE = 'where';
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Compiles the criteria of a scan into screens: those of `use` in their order, each once, then `where`. All must hold.
 *
 * Failure: one `ConfigError` with every problem of every expression. Holds: the compiled expressions; a test allocates
 * next to nothing. The screens of one call share a context, and cannot be asked by two threads.
 */
export async function compileScreens({
  where,
  use = [],
  define = [],
}: CriteriaOptions): Promise<readonly Screen[]> {
  if (where === undefined && use.length === 0 && define.length === 0) return [];
  const compile = await createCompiler();
  const problems: string[] = [];

  const expressions = new Map(Object.entries(BUILT_IN).map(([name, { expression }]) => [name, expression]));
  const own = new Map<string, CompiledExpression | undefined>();
  for (const [name, expression] of define) {
    const from = `screen ${name}`;
    if (!NAME.test(name))
      problems.push(`${from}: a name is of small letters, digits and dashes, as in \`my-dip\``);
    else if (name === WHERE) problems.push(`${from}: \`${WHERE}\` is the name of --where`);
    else if (expressions.has(name)) problems.push(`${from}: is built in; choose another name`);
    else if (own.has(name)) problems.push(`${from}: defined twice`);
    own.set(name, compile(from, expression, problems));
  }

  const chosen = new Map<string, CompiledExpression | undefined>();
  for (const name of use) {
    if (own.has(name)) chosen.set(name, own.get(name));
    else if (expressions.has(name)) {
      if (!chosen.has(name)) chosen.set(name, compile(`screen ${name}`, expressions.get(name)!, problems));
    } else {
      const known = [...own.keys(), ...expressions.keys()];
      const near = nearest(name, known);
      const remedy = near === undefined ? `there are ${known.join(', ')}` : `did you mean \`${near}\`?`;
      problems.push(`--screen: unknown screen \`${name}\`; ${remedy}`);
    }
  }
  if (where !== undefined) chosen.set(WHERE, compile('--where', where, problems));

  if (problems.length > 0) throw new ConfigError(problems);
  const context = createContext(COLUMNS);
  return Array.from(chosen, ([name, compiled]) => {
    const { needsMarket, evaluate } = compiled!;
    return {
      name,
      needsMarket,
      test: (subject) => {
        context.subject = subject;
        return evaluate(context);
      },
    };
  });
}
