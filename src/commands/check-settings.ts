import type { Settings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { parseFaults } from '../simulator/faults.ts';
import { asOfSession } from './as-of-session.ts';
import { createSinks } from './create-sinks.ts';

/** Whether a scan can start from these settings; opens nothing. Failure: `ConfigError` with every problem. */
export function checkSettings(settings: Settings): void {
  const checks = [
    () => asOfSession(settings),
    () => createSinks(settings),
    () => parseFaults(settings.fault),
  ];
  const problems = checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
}
