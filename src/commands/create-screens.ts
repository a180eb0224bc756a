import type { Settings } from '../config.ts';
import type { Screen } from '../types.ts';

/**
 * The criteria of the settings, compiled; the language is loaded only where there are some.
 *
 * Failure: a `ConfigError` with every problem of every condition.
 */
export async function createScreens({
  where,
  screen: use,
  define,
}: Pick<Settings, 'where' | 'screen' | 'define'>): Promise<readonly Screen[]> {
  if (where === undefined && use.length === 0 && define.length === 0) return [];
  const { compileScreens } = await import('../criteria/compile-screens.ts');
  return compileScreens({ where, use, define });
}
