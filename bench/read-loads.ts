import { PHASES } from '../src/trace/phases.ts';
import type { Load, PhaseLoad } from '../src/trace/utilisation.ts';

const NAMES: readonly PhaseLoad['phase'][] = [...PHASES, 'all'];

/** The loads that a traced scan says on standard error, as far as a table for people has them. Failure: an `Error` without any. */
export function readLoads(text: string): PhaseLoad[] {
  const lines = text.split('\n').map((line) => line.split(/\s{2,}/));
  const [, , ...headings] = lines.find(([first]) => first === 'phase') ?? [];
  const loads = lines.flatMap(([name, seconds, ...shares]): PhaseLoad[] => {
    const phase = NAMES.find((known) => known === name);
    if (phase === undefined) return [];
    const process = share(shares.at(-1));
    const [main, ...threads] = headings.flatMap((heading, at): Load[] =>
      heading.endsWith(' busy') ? [{ busy: share(shares[at]), cpu: share(shares[at + 1]) }] : [],
    );
    const helpers = headings.slice(0, -1).flatMap((heading, at) => {
      const helper = / cpu$/.test(heading) ? heading.slice(0, -' cpu'.length) : undefined;
      return helper === undefined ? [] : [{ name: helper, cpu: share(shares[at]) }];
    });
    return [{ phase, seconds: Number(seconds), main: main!, threads, helpers, process }];
  });
  if (loads.length === 0) throw new Error(`Expected a table of loads, got: ${text}`);
  return loads;
}

function share(percent: string | undefined): number {
  return Number(percent?.replace('%', '')) / 100;
}
