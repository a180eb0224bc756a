import type { Settings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { parseFaults } from '../simulator/faults.ts';
import { asOfSession } from './as-of-session.ts';
import { createScreens } from './create-screens.ts';
import { createSinks } from './create-sinks.ts';

/** Whether a scan can start from these settings; opens nothing. Failure: `ConfigError` with every problem. */
export async function checkSettings(settings: Settings): Promise<void> {
  const checks: readonly (() => unknown)[] = [
    () => asOfSession(settings),
    () => createSinks(settings),
    () => parseFaults(settings.fault),
    () => createScreens(settings),
  ];
  const problems: string[] = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
