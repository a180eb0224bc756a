/**
 * The cold scan of a whole market by its sessions, the same day again, and the next day: 6,000 symbols, 260 sessions,
 * each scan a process of its own with a fresh cache, medians of interleaved rounds. Linux.
 *
 *     npm run build && node bench/prefetch.ts [--rounds 5] [--replay] [OTHER_DIST …]
 *
 * Every further argument is the `dist` of another build to compare with. Making the answers costs the simulator as much
 * as taking them costs the scan, on the same cores: `--replay` records them in an unmeasured round and answers from memory.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { printed, startSimulatorProcess } from '../scripts/support/tapescan.ts';
import { formatSession, parseSession } from '../src/session.ts';
import type { Summary } from '../src/types.ts';
import { measureProcess, type ProcessRun } from './measure-process.ts';
import { median } from './median.ts';
import { startRecorder } from './recorder.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    replay: { type: 'boolean', default: false },
  },
});
const END = '2018-07-17';
const DAY_BEFORE = formatSession(parseSession(END) - 1);
const MARKET = ['--symbols', '6000', '--sessions', '300', '--end', END];
const DAYS = ['cold', 'same day', 'next day'] as const;

interface Measured extends ProcessRun {
  readonly summary: Summary;
  readonly ranking: Buffer;
}

const folder = mkdtempSync(join(tmpdir(), 'tapescan-prefetch-'));
const universe = join(folder, 'universe.txt');
const simulator = await startSimulatorProcess(MARKET);
const recorder = await startRecorder(simulator.url);
try {
  writeFileSync(universe, await printed(['simulate', '--list', ...MARKET]));
  const builds = [join(import.meta.dirname, '../dist'), ...positionals.map((path) => resolve(path))];
  const url = values.replay ? recorder.url : simulator.url;
  // Unmeasured: the provider makes its market with the first question, and the recorder has nothing yet.
  await scanDays(builds[0]!, url);
  console.log(`calls of the provider: ${JSON.stringify(await callsOf(simulator.url))}`);

  const rounds = new Map(builds.map((build) => [build, [] as Measured[][]]));
  for (let round = 0; round < Number(values.rounds); round++) {
    // Forwards and backwards: whoever comes first finds another machine.
    for (const build of round % 2 === 0 ? builds : builds.toReversed()) {
      rounds.get(build)!.push(await scanDays(build, url));
    }
  }
  const first = rounds.get(builds[0]!)![0]!;
  console.log('                        wall ms   CPU ms   RSS MB    calls');
  for (const [index, day] of DAYS.entries()) {
    for (const [build, measured] of rounds) {
      const of = measured.map((days) => days[index]!);
      if (of.some(({ ranking }) => !ranking.equals(first[index]!.ranking))) {
        throw new Error(`The rankings of the ${day} differ`);
      }
      const cells = [
        median(of.map(({ wallMs }) => wallMs)),
        median(of.map(({ cpuMs }) => cpuMs)),
        median(of.map(({ rssMb }) => rssMb)),
        median(of.map(({ summary }) => summary.calls)),
      ];
      const text = cells.map((value) => value.toFixed(0).padStart(8)).join(' ');
      console.log(`${day.padEnd(10)} ${build.slice(-12).padEnd(12)} ${text}`);
    }
  }
} finally {
  recorder.close();
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** The three days in turn: the next day's on a cache that was filled the day before, unmeasured. */
async function scanDays(build: string, url: string): Promise<Measured[]> {
  const scanAt = (cache: string, asOf: string) => scan(build, url, join(folder, cache), asOf);
  const measured = [await scanAt('one', END), await scanAt('one', END)];
  await scanAt('two', DAY_BEFORE);
  measured.push(await scanAt('two', END));
  for (const cache of ['one', 'two']) rmSync(join(folder, cache), { recursive: true });
  return measured;
}

async function scan(build: string, url: string, cache: string, asOf: string): Promise<Measured> {
  const out = join(folder, 'ranking.ndjson');
  const summary = join(folder, 'summary.json');
  const run = await measureProcess(process.execPath, [
    ...[join(build, 'command/cli.js'), 'scan', '--polygon-url', url, '--universe', universe],
    ...['--cache-dir', cache, '--as-of', asOf, '--out', out, '--summary', summary, '--scan-id', 'bench'],
  ]);
  return {
    ...run,
    summary: JSON.parse(readFileSync(summary, 'utf8')) as Summary,
    ranking: readFileSync(out),
  };
}

/** What the provider says of the calls that reached it, by kind. */
async function callsOf(provider: string): Promise<Record<string, number>> {
  const counts = (await (await fetch(`${provider}/_simulator/calls`)).json()) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(counts).filter((entry): entry is [string, number] => Number(entry[1]) > 0),
  );
}
