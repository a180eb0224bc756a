/**
 * The demo: a provider of 6,000 synthetic symbols on loopback, and two scans of all of them: the first fetches, the
 * second finds everything in its cache. Needs no key and no server, and leaves nothing behind.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Summary } from '../src/types.ts';
import { printed, startSimulatorProcess, tapescan } from './support/tapescan.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapescan-demo-'));
const symbols = await printed(['simulate', '--list']);
const simulator = await startSimulatorProcess([]);
try {
  console.log(
    `A simulated market of ${symbols.trimEnd().split('\n').length} symbols is served at ${simulator.url}.\n`,
  );
  await scan('first', ['--top', '20', '--format', 'table']);
  await scan('again', ['--top', '20', '--out', '/dev/null']);
  console.log('Of all 6,000 symbols, how the first five left the scan (--receipts):');
  console.log(readFileSync(join(folder, 'receipts.ndjson'), 'utf8').split('\n').slice(0, 5).join('\n'));
} finally {
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Scans all symbols, and says what the scan itself and the provider counted. */
async function scan(name: string, args: readonly string[]): Promise<void> {
  const summaryFile = join(folder, 'summary.json');
  const callsBefore = await simulator.calls();
  const files = [
    '--cache-dir',
    folder,
    '--summary',
    summaryFile,
    '--receipts',
    join(folder, 'receipts.ndjson'),
  ];
  const { code, seconds } = await tapescan(
    ['scan', '--polygon-url', simulator.url, ...files, ...args],
    symbols,
  );
  if (code !== 0) throw new Error(`The scan ended with ${code}`);
  const calls = (await simulator.calls()) - callsBefore;
  const {
    in: entered,
    outcomes,
    conserved,
    cache,
    peak_rss_mb,
    seconds: stages,
  } = JSON.parse(readFileSync(summaryFile, 'utf8')) as Summary;
  const { total, ...busy } = stages;
  console.log(
    [
      `\nScan (${name}): ${entered} symbols in, ${Object.entries(outcomes)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', ')}; ${conserved ? 'every one accounted for' : 'SOME LOST'}.`,
      `  ${seconds.toFixed(2)} s from start to exit, ${total!.toFixed(2)} s of it scanning; the provider counted ${calls} calls;` +
        ` cache hits ${Math.round((cache.hit_rate ?? 0) * 100)} %; peak memory ${peak_rss_mb} MB`,
      `  seconds in which each stage had work: ${Object.entries(busy)
        .map(([stage, value]) => `${stage} ${value.toFixed(2)}`)
        .join(', ')}\n`,
    ].join('\n'),
  );
}
