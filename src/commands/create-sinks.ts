import type { Settings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { createSink } from '../sinks/index.ts';
import type { Sink } from '../types.ts';

/**
 * The sinks of a scan, none of them open. `onTrouble` is told what readers of a sink have lost, while the sink goes on.
 *
 * Failure: `ConfigError` with the problems of all.
 */
export function createSinks(
  { out, format, noColor }: Pick<Settings, 'out' | 'format' | 'noColor'>,
  onTrouble?: (reason: string) => void,
): readonly Sink[] {
  const targets = out.length === 0 ? ['-'] : out;
  const { stdout } = process;
  const problems: string[] = [];
  const sinks = targets.flatMap((target) => {
    const isRedis = /^rediss?:/i.test(target);
    const onTerminal = target === '-' && stdout.isTTY;
    try {
      return [
        createSink({
          target,
          format: isRedis ? undefined : (format ?? (onTerminal ? 'table' : undefined)),
          stdout,
          colour: onTerminal && !noColor,
          onTrouble,
        }),
      ];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems.map((problem) => `--out: ${problem}`));
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return sinks;
}
