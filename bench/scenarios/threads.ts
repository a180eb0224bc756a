import { rmSync } from 'node:fs';
import { PHASES } from '../../src/trace/phases.ts';
import type { PhaseLoad } from '../../src/trace/utilisation.ts';
import { median } from '../median.ts';
import { readLoads } from '../read-loads.ts';
import type { Column, Table } from '../table.ts';
import { runTapescan } from './scan-sides.ts';
import type { Scenario, Side } from './scenario.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'scan', isText: true },
  { heading: 'phase', isText: true },
  ...[
    ...['ms', 'main thread busy', 'its CPU', 'CPU of scoring threads', 'of decoding sessions'],
    ...['of storing', 'of the engine', 'of all'],
  ].map((heading) => ({ heading })),
];

/** What the cores do meanwhile. */
export const threads: Scenario = {
  name: 'threads',
  shows:
    '6,000 symbols while a trace is taken, which costs a quarter more CPU; below, how busy it was by phase, in % of a core',
  suite: 'short',
  unit: 'ms',
  async prepare(lab, closers) {
    const market = await lab.market(lab.symbols(6000));
    const [cache, trace] = [lab.newFolder(), lab.newFolder()];
    closers.defer(() => {
      for (const folder of [cache, trace]) rmSync(folder, { recursive: true, force: true });
    });
    await runTapescan(lab, market, { cache });
    /** By scan and round: what ran unmeasured before is replaced. */
    const loads: Record<string, PhaseLoad[][]> = {};
    const traced = (name: string, args: readonly string[], kept?: string): [string, Side] => {
      const own: PhaseLoad[][] = [];
      loads[name] = own;
      const run: Side['run'] = (round) =>
        runTapescan(lab, market, {
          cache: kept,
          args: [...args, '--trace', trace],
          onComplaints: (text) => {
            own[round] = readLoads(text);
          },
        });
      return [name, { run }];
    };
    return {
      sides: Object.fromEntries([
        traced('nothing kept, a call each', ['--no-batch']),
        traced('nothing kept, whole sessions a call', []),
        traced('all kept', [], cache),
      ]),
      detail: () => tableOf(loads),
    };
  },
};

/** Medians by scan and phase. */
function tableOf(loads: Readonly<Record<string, readonly PhaseLoad[][]>>): Table {
  const rows = Object.entries(loads).flatMap(([scan, rounds]) =>
    [...PHASES, 'all' as const].flatMap((phase) => {
      const own = rounds.flat().filter((load) => load.phase === phase);
      if (own.length === 0) return [];
      const percent = (share: (load: PhaseLoad) => number) => `${Math.round(100 * median(own.map(share)))}`;
      return [
        [
          scan,
          phase,
          `${Math.round(1000 * median(own.map(({ seconds }) => seconds)))}`,
          percent(({ main }) => main.busy),
          percent(({ main }) => main.cpu),
          percent(scoringCpu),
          percent((load) => helperCpu(load, 'days')),
          percent((load) => helperCpu(load, 'cache')),
          // Collecting garbage, compiling, files.
          percent((load) => Math.max(0, load.process - threadsCpu(load))),
          percent(({ process }) => process),
        ],
      ];
    }),
  );
  return { columns: COLUMNS, rows };
}

function threadsCpu(load: PhaseLoad): number {
  return load.main.cpu + scoringCpu(load) + load.helpers.reduce((sum, { cpu }) => sum + cpu, 0);
}

/** None where the thread was not started. */
function helperCpu({ helpers }: PhaseLoad, name: string): number {
  return helpers.find((helper) => helper.name === name)?.cpu ?? 0;
}

function scoringCpu({ threads }: PhaseLoad): number {
  return threads.reduce((sum, { cpu }) => sum + cpu, 0);
}
