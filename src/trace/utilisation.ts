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
  /** Those that score. */
  readonly threads: readonly Load[];
  /** Processor time of the other threads, each by its name. */
  readonly helpers: readonly { readonly name: string; readonly cpu: number }[];
  /** Processor time of all threads, the engine's own too: 2 are two cores. */
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
    helpers,
    process,
  }: {
    readonly main: ThreadCurves;
    readonly threads: readonly ThreadCurves[];
    readonly helpers: readonly { readonly name: string; readonly cpu: LoadCurve }[];
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
      helpers: helpers.map(({ name, cpu }) => ({ name, cpu: share(cpu) })),
      process: share(process),
    };
  };
  return [...PHASES, 'all' as const].map(loadIn).filter(({ seconds }) => seconds > 0);
}

/** A small table, a line a phase. */
export function utilisationText(loads: readonly PhaseLoad[]): string {
  const percent = (share: number) => `${Math.round(share * 100)}%`;
  const cells = ({ busy, cpu }: Load) => [percent(busy), percent(cpu)];
  const { threads = [], helpers = [] } = loads.at(-1) ?? {};
  const rows = [
    [
      ...['phase', 'seconds', 'main busy', 'cpu'],
      ...threads.flatMap((_, index) => [`worker ${index + 1} busy`, 'cpu']),
      ...helpers.map(({ name }) => `${name} cpu`),
      'process cpu',
    ],
    ...loads.map((load) => [
      load.phase,
      load.seconds.toFixed(3),
      ...cells(load.main),
      ...load.threads.flatMap(cells),
      ...load.helpers.map(({ cpu }) => percent(cpu)),
      percent(load.process),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))))
    .map((row) => `${row.join('  ')}\n`)
    .join('');
}
