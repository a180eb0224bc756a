/**
 * A daemon that is asked for thousands of lists while its provider errs, Redis and the network fail and it is itself killed: how many
 * symbols went in, and what an independent reader finds in the stream. Exit code 1 where anything is lost, doubled or
 * miscounted.
 *
 *     node scripts/chaos.ts [--lists 10000] [--kills 100] [--minutes 40] [--seed 1]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/simulator/random.ts';
import { runChaos } from '../test/support/chaos/run-chaos.ts';

const { values } = parseArgs({
  options: {
    lists: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'tapescan-chaos-'));
try {
  const random = new Random(Number(values.seed), 'chaos');
  const report = await runChaos({
    lists: Number(values.lists),
    size: 10,
    faultEveryMs: 8000,
    kills: Number(values.kills),
    killEveryMs: 5000,
    providerFaults: ['500=0.01', 'reset=0.005', 'truncate=0.005', 'html=0.005', '429=0.005', 'slow=0.005'],
    limitMs: Number(values.minutes) * 60_000,
    folder,
    random: () => random.uniform(),
    onProgress: console.log,
  });
  console.log(JSON.stringify(report, null, 2));
  const { lost, doubled, miscounted, unfinished, closedTwice, deadLetters } = report;
  const wrong = lost.length + doubled.length + miscounted.length + unfinished.length + closedTwice.length;
  process.exitCode = wrong + deadLetters === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
