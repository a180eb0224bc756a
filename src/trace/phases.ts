/** A stretch of time, ms. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What a scan is at, for people: stages overlap, phases follow each other. */
export const PHASES = ['start', 'prefetch', 'fetch', 'score', 'rank+write'] as const;
export type Phase = (typeof PHASES)[number];

/** The phase that each stage stands for. Where several stages are busy, the earlier of these lines decides. */
const PHASE_OF: readonly (readonly [stage: string, phase: Phase])[] = [
  ['write', 'rank+write'],
  ['rank', 'rank+write'],
  ['prefetch', 'prefetch'],
  ['fetch', 'fetch'],
  ['score', 'score'],
  ['cache_read', 'score'],
  ['cache_write', 'score'],
];

/**
 * Cuts a time into phases by what stages were busy in it; where none was, the phase before goes on.
 *
 * Order: as they follow each other, without gaps, from `start` to `end`. Holds: nothing.
 */
export function phasesOf(
  busy: ReadonlyMap<string, readonly Stretch[]>,
  { start, end }: Stretch,
): (Stretch & { readonly phase: Phase })[] {
  const moves = [...busy].flatMap(([stage, stretches]) =>
    stretches.flatMap((stretch) => [
      { at: stretch.start, stage, by: 1 },
      { at: stretch.end, stage, by: -1 },
    ]),
  );
  moves.sort((a, b) => a.at - b.at);
  const inside = new Map<string, number>();
  const phases: (Stretch & { readonly phase: Phase })[] = [];
  let phase: Phase = 'start';
  let since = start;
  for (const [index, { at, stage, by }] of moves.entries()) {
    inside.set(stage, (inside.get(stage) ?? 0) + by);
    // What ends and begins at the same time is one move.
    if (moves[index + 1]?.at === at) continue;
    const next: Phase = PHASE_OF.find(([name]) => (inside.get(name) ?? 0) > 0)?.[1] ?? phase;
    if (next === phase) continue;
    if (at > since) phases.push({ phase, start: since, end: at });
    phase = next;
    since = at;
  }
  if (end > since) phases.push({ phase, start: since, end });
  return phases;
}
