import { ConfigError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import type { AlertRule } from '../types.ts';
import { ALERT_COLUMNS, CHANGE_COLUMNS } from './alert-columns.ts';
import { BUILT_IN } from './built-in.ts';
import { createCompiler } from './compile-expression.ts';
import { createContext } from './create-context.ts';

type Named = readonly [name: string, expression: string];

export interface AlertCriteria {
  /** Rules, name and condition, or `screen:` and the name of a screen. */
  readonly alert: readonly Named[];
  /** The user's own screens. @default none */
  readonly define?: readonly Named[];
}

/**
 * Compiles the rules of alerts, in their order. They know the columns of screens, and those of `alert-columns.ts`.
 *
 * Failure: one `ConfigError` with every problem of every rule. Holds: the compiled expressions, which share a context: they
 * cannot be asked by two threads.
 */
export async function compileAlerts({ alert, define = [] }: AlertCriteria): Promise<readonly AlertRule[]> {
  if (alert.length === 0) return [];
  const compile = await createCompiler(ALERT_COLUMNS);
  const context = createContext(ALERT_COLUMNS);
  const screens = new Map<string, string>([
    ...Object.entries(BUILT_IN).map(([name, { expression }]) => [name, expression] as const),
    ...define,
  ]);
  const problems: string[] = [];
  const rules = new Map<string, AlertRule>();
  for (const [name, text] of alert) {
    const from = `alert ${name}`;
    if (rules.has(name)) problems.push(`${from}: defined twice; alerts are told apart by their rule`);
    const screen = /^screen:\s*(.*)$/.exec(text)?.[1];
    const expression = screen === undefined ? text : screens.get(screen);
    if (expression === undefined) {
      problems.push(unknownScreen(from, screen!, [...screens.keys()]));
      continue;
    }
    const compiled = compile(from, expression, problems);
    if (compiled === undefined) continue;
    const { columns, needsMarket, evaluate } = compiled;
    rules.set(name, {
      name,
      needsMarket,
      looksBack: [...columns].some((column) => CHANGE_COLUMNS.has(column)),
      test: (subject) => {
        context.subject = subject;
        return evaluate(context);
      },
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return [...rules.values()];
}

function unknownScreen(from: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const remedy = near === undefined ? `there are ${known.join(', ')}` : `did you mean \`${near}\`?`;
  return `${from}: unknown screen \`${name}\`; ${remedy}`;
}
