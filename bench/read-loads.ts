import { PHASES } from '../src/trace/phases.ts';
import type { Load, PhaseLoad } from '../src/trace/utilisation.ts';

const NAMES: readonly PhaseLoad['phase'][] = [...PHASES, 'all'];

/** The loads that a traced scan says on standard error, as far as a table for people has them. Failure: an `Error` without any. */
export function readLoads(text: string): PhaseLoad[] {
  const loads = text.split('\n').flatMap((line): PhaseLoad[] => {
    const [name, seconds, ...shares] = line.split(/\s{2,}/);
    const phase = NAMES.find((known) => known === name);
    if (phase === undefined) return [];
    const process = share(shares.at(-1));
    const [main, ...threads] = Array.from(
      { length: (shares.length - 1) / 2 },
      (_, thread): Load => ({ busy: share(shares[2 * thread]), cpu: share(shares[2 * thread + 1]) }),
    );
    return [{ phase, seconds: Number(seconds), main: main!, threads, process }];
  });
  if (loads.length === 0) throw new Error(`Expected a table of loads, got: ${text}`);
  return loads;
}

function share(percent: string | undefined): number {
  return Number(percent?.replace('%', '')) / 100;
}
