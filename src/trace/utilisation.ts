import type { LoadCurve } from './load-curve.ts';
import { PHASES, type Phase, type Stretch } from './phases.ts';

/** How busy a thread was, as shares of the time: busy is time not spent waiting, cpu is processor time. */
export interface Load {
  readonly busy: number;
  readonly cpu: number;
}

/** How busy the program was in a phase. */
export interface PhaseLoad {
  readonly phase: Phase | 'all';
  readonly seconds: number;
  readonly main: Load;
  readonly threads: readonly Load[];
  /** Processor time of all threads: 2 are two cores. */
  readonly process: number;
}

/** What was read of a thread. */
export interface ThreadCurves {
  readonly busy: LoadCurve;
  readonly cpu: LoadCurve;
}

/** The load of each phase that there was, and of all of them together. Order: of `PHASES`. */
export function loadByPhase(
  phases: readonly (Stretch & { readonly phase: Phase })[],
  {
    main,
    threads,
    process,
  }: {
    readonly main: ThreadCurves;
    readonly threads: readonly ThreadCurves[];
    readonly process: LoadCurve;
  },
): PhaseLoad[] {
  const loadIn = (phase: PhaseLoad['phase']): PhaseLoad => {
    const own = phase === 'all' ? phases : phases.filter((stretch) => stretch.phase === phase);
    const ms = own.reduce((sum, { start, end }) => sum + end - start, 0);
    const share = (curve: LoadCurve) =>
      ms === 0 ? 0 : own.reduce((sum, { start, end }) => sum + curve.between(start, end), 0) / ms;
    const load = ({ busy, cpu }: ThreadCurves): Load => ({ busy: share(busy), cpu: share(cpu) });
    return {
      phase,
      seconds: ms / 1000,
      main: load(main),
      threads: threads.map(load),
      process: share(process),
    };
  };
  return [...PHASES, 'all' as const].map(loadIn).filter(({ seconds }) => seconds > 0);
}

/** A small table, a line a phase. */
export function utilisationText(loads: readonly PhaseLoad[]): string {
  const percent = (share: number) => `${Math.round(share * 100)}%`;
  const cells = ({ busy, cpu }: Load) => [percent(busy), percent(cpu)];
  const count = loads.at(-1)?.threads.length ?? 0;
  const threads = Array.from({ length: count }, (_, index) => [`worker ${index + 1} busy`, 'cpu']);
  const rows = [
    ['phase', 'seconds', 'main busy', 'cpu', ...threads.flat(), 'process cpu'],
    ...loads.map(({ phase, seconds, main, threads: others, process }) => [
      phase,
      seconds.toFixed(3),
      ...cells(main),
      ...others.flatMap(cells),
      percent(process),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))))
    .map((row) => `${row.join('  ')}\n`)
    .join('');
}
