/**
 * The engine of a daemon, tick after tick: a whole market scanned again where nothing has changed, and ranked anew by a
 * snapshot of the session under way in which every bar has moved. 6,000 symbols, 260 sessions, from the tick to the file
 * that was replaced; medians of the scans after the first ones, and the least CPU time of one.
 *
 *     node bench/resident.ts [--symbols 6000] [--rounds 15] [--only again|live] [OTHER_SRC …]
 *
 * Every further argument is the `src` of another version to compare with, its scans in turn with this one's. The
 * provider is a process of its own that answers from memory.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { printed, startSimulatorProcess } from '../scripts/support/tapescan.ts';
import { sessionOnOrBefore } from '../src/calendar/nyse.ts';
import type { Engine } from '../src/commands/open-scan.ts';
import { viewMarketDay } from '../src/market-day.ts';
import { formatSession, parseSession } from '../src/session.ts';
import type { BarSource, Ranking, Session, Sink, Summary } from '../src/types.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    symbols: { type: 'string', default: '6000' },
    rounds: { type: 'string', default: '15' },
    only: { type: 'string' },
  },
});
const TODAY = parseSession('2018-07-17');
const YESTERDAY = sessionOnOrBefore(TODAY - 1);
const MARKET = ['--symbols', values.symbols, '--sessions', '300', '--end', formatSession(TODAY)];
/** Scans until the code is compiled. */
const WARM_UP = 6;
const KINDS = ['again', 'live'] as const;

interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly publishMs: number;
  readonly summary: Summary;
}

interface Version {
  readonly name: string;
  /** The file of its rankings. */
  readonly out: string;
  scan(forming: Session | undefined, round: number): Promise<Measured>;
  close(): Promise<void>;
}

const folder = mkdtempSync(join(tmpdir(), 'tapescan-resident-'));
const simulator = await startSimulatorProcess(MARKET);
const replay = await startReplay(simulator.url);
try {
  const universe = join(folder, 'universe.txt');
  writeFileSync(universe, await printed(['simulate', '--list', ...MARKET]));
  const versions: Version[] = [];
  for (const src of [join(import.meta.dirname, '../src'), ...positionals.map((path) => resolve(path))]) {
    versions.push(await openVersion(src, versions.length, universe));
  }
  console.log(`${values.symbols} symbols  wall ms  CPU ms    least  publish    calls  stages (ms)`);
  const figures: Record<string, readonly number[]> = {};
  for (const kind of KINDS) {
    if (values.only !== undefined && values.only !== kind) continue;
    const rounds = versions.map((): Measured[] => []);
    for (let round = 0; round < WARM_UP + Number(values.rounds); round++) {
      const order = [...versions.keys()];
      // Forwards and backwards: whoever comes first finds another machine.
      for (const index of round % 2 === 0 ? order : order.toReversed()) {
        const measured = await versions[index]!.scan(kind === 'live' ? TODAY : undefined, round);
        if (round >= WARM_UP) rounds[index]!.push(measured);
      }
      const [first, ...others] = versions.map(({ out }) => readFileSync(out));
      if (others.some((other) => !other.equals(first!))) throw new Error(`The rankings of ${kind} differ`);
    }
    for (const [index, measured] of rounds.entries()) report(`${kind} ${versions[index]!.name}`, measured);
    figures[kind] = rounds[0]!.map(({ wallMs }) => wallMs);
    figures[`${kind}, CPU`] = rounds[0]!.map(({ cpuMs }) => cpuMs);
  }
  tellFigures(figures);
  for (const version of versions) await version.close();
} finally {
  replay.kill();
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}

function report(name: string, measured: readonly Measured[]): void {
  const of = (pick: (one: Measured) => number) => median(measured.map(pick)).toFixed(1);
  const columns = [
    of(({ wallMs }) => wallMs),
    of(({ cpuMs }) => cpuMs),
    Math.min(...measured.map(({ cpuMs }) => cpuMs)).toFixed(1),
    of(({ publishMs }) => publishMs),
    median(measured.map(({ summary }) => summary.calls)).toFixed(0),
  ];
  const stages = Object.keys(measured.at(-1)!.summary.seconds).map(
    (stage) => `${stage} ${of(({ summary }) => 1000 * summary.seconds[stage]!)}`,
  );
  console.log(
    `${name.padEnd(12)} ${columns.map((column) => column.padStart(8)).join(' ')}  ${stages.join(', ')}`,
  );
}

/** The parts of a daemon, of one version of the code. */
async function openVersion(src: string, number: number, universe: string): Promise<Version> {
  const load = (path: string) => import(join(src, path));
  const { readSettings } = await load('settings/read-settings.ts');
  const { openEngine } = await load('commands/open-scan.ts');
  const { Closers } = await load('streams/closers.ts');
  const { runScan } = await load('streams/run-scan.ts');
  const { createSink } = await load('sinks/index.ts');
  const { createLog } = await load('log.ts');
  const closers = new Closers();
  const cache = join(folder, `cache-${number}`);
  const { settings } = await readSettings(
    'daemon',
    ['--polygon-url', replay.url, '--cache-dir', cache, '--as-of', formatSession(YESTERDAY)],
    {},
  );
  const engine: Engine = await openEngine(settings, createLog('silent'), closers, { isResident: true });
  const out = join(folder, `ranking-${number}.ndjson`);
  const sink: Sink = createSink({ target: out, stdout: process.stdout, colour: false });
  let moved = 0;
  const source = withMovedSnapshots(engine.options.source, () => moved);
  return {
    name: number === 0 ? 'here' : `other ${number}`,
    out,
    async scan(forming, round) {
      moved = round;
      const list = engine.openList(universe, YESTERDAY);
      const cpu = process.cpuUsage();
      const started = performance.now();
      const { ranking } = (await lastValueFrom(
        runScan({
          ...engine.options,
          ...{ source, universe: list, asOf: YESTERDAY, forming, id: `bench-${round}` },
        }),
      )) as { ranking: Ranking };
      const ended = performance.now();
      await sink.publish(ranking);
      const wallMs = performance.now() - started;
      const { user, system } = process.cpuUsage(cpu);
      list.stop();
      return {
        wallMs,
        cpuMs: (user + system) / 1000,
        publishMs: wallMs - (ended - started),
        summary: ranking.summary,
      };
    },
    async close() {
      await sink.close();
      await closers.close();
    },
  };
}

/** A source in whose snapshots every bar is another one with every round. */
function withMovedSnapshots(source: BarSource, round: () => number): BarSource {
  const wholeMarket = source.wholeMarket!;
  return {
    ...source,
    get traffic() {
      return source.traffic;
    },
    wholeMarket: {
      ...wholeMarket,
      async fetchSnapshot(session, signal) {
        const day = viewMarketDay(await wholeMarket.fetchSnapshot!(session, signal));
        for (let row = 0; row < day.rows; row++) {
          const part = ((row + round()) % 100) / 100;
          day.close[row] = day.low[row]! + part * (day.high[row]! - day.low[row]!);
        }
        return day.bytes;
      },
    },
  };
}

/** A process that asks a provider once for each path, and answers from memory from then on. */
async function startReplay(provider: string): Promise<ChildProcess & { readonly url: string }> {
  const program = `
    import { createServer } from 'node:http';
    const kept = new Map();
    const server = createServer(async ({ url }, response) => {
      let answer = kept.get(url);
      if (answer === undefined) {
        const asked = await fetch(process.argv[1] + url, { headers: { 'accept-encoding': 'identity' } });
        answer = { status: asked.status, body: Buffer.from(await asked.arrayBuffer()) };
        kept.set(url, answer);
      }
      response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': answer.body.length });
      response.end(answer.body);
    });
    server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, provider], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return Object.assign(child, { url });
}
