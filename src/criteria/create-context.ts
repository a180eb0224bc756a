import type { Subject } from '../types.ts';
import type { CriteriaColumn } from './columns.ts';
import { celName } from './translate.ts';

/** An object that reads the columns of whatever subject it is given, when they are asked for. */
export function createContext(columns: ReadonlyMap<string, CriteriaColumn>): { subject: Subject } {
  const context = { subject: undefined as unknown as Subject };
  for (const [name, { read }] of columns)
    Object.defineProperty(context, celName(name), { get: () => read(context.subject) });
  return context;
}
