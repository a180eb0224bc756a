/**
 * The tiers of the cache: what 6,000 series of 260 bars cost to write, to read in the batches of a scan, and to look
 * over, beside a flat file without keys, checksums or transactions.
 *
 *     node bench/cache.ts
 *
 * Medians of seven rounds, every round with an empty store that is opened anew for reading; files in the page cache.
 */
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlockStore } from '../src/cache/block-store.ts';
import { openDiskStore } from '../src/cache/disk.ts';
import { createMemoryStore } from '../src/cache/memory.ts';
import { openRedisStore } from '../src/cache/redis.ts';
import { layOutSeries, seriesByteLength } from '../src/series.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';

const SYMBOLS = 6000;
const BARS = 260;
const BATCH = 256;
const ROUNDS = 7;

let seed = 1;
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

const entries = Array.from({ length: SYMBOLS }, (_, index) => {
  const series = layOutSeries({ bars: BARS, from: 20_000, to: 20_000 + BARS - 1, flags: 0 });
  for (const column of [series.open, series.high, series.low, series.close, series.volume]) {
    for (let bar = 0; bar < BARS; bar++) column[bar] = random();
  }
  for (let bar = 0; bar < BARS; bar++) series.session[bar] = 20_000 + bar;
  return { key: `polygon https://api.polygon.io|S${index}`, series: series.bytes };
});
const batches = Array.from({ length: Math.ceil(SYMBOLS / BATCH) }, (_, index) =>
  entries.slice(index * BATCH, (index + 1) * BATCH),
);
const keys = entries.map(({ key }) => key);

interface Times {
  readonly write: number[];
  readonly read: number[];
  readonly coverage: number[];
}

async function clock(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** `reopen` gives the store that is read from, where it is not the one that was written to. */
async function measure(store: BlockStore, reopen: () => BlockStore, times: Times): Promise<void> {
  times.write.push(
    await clock(async () => {
      for (const batch of batches) await store.write(batch);
    }),
  );
  const reading = reopen();
  if (reading !== store) await store.close();
  // Loading and connecting are no part of it.
  await reading.read([]);
  await reading.read(['nobody']);
  times.read.push(
    await clock(async () => {
      for (const batch of batches) {
        const found = await reading.read(batch.map(({ key }) => key));
        if (found.includes(undefined)) throw new Error(`${reading.name} lost an entry`);
      }
    }),
  );
  times.coverage.push(await clock(() => reading.coverage(keys)));
  await reading.close();
}

async function measureFlatFile(dir: string, times: Times): Promise<void> {
  const file = join(dir, 'flat');
  times.write.push(
    await clock(() => {
      const handle = openSync(file, 'w');
      for (const { series } of entries) writeSync(handle, series);
      closeSync(handle);
    }),
  );
  times.read.push(
    await clock(() => {
      const handle = openSync(file, 'r');
      for (let batch = 0; batch < batches.length; batch++) {
        readSync(handle, new Uint8Array(BATCH * seriesByteLength(BARS)));
      }
      closeSync(handle);
    }),
  );
}

const empty = (): Times => ({ write: [], read: [], coverage: [] });
const results: Record<string, { readonly times: Times; bytes: number }> = {};
const rowOf = (name: string) => {
  results[name] ??= { times: empty(), bytes: 0 };
  return results[name];
};
const folderBytes = (dir: string) =>
  readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);

const redis = await startRedis().catch((error: Error) => {
  console.log(`No Redis: ${error.message}`);
});
try {
  for (let round = 0; round < ROUNDS; round++) {
    const dir = mkdtempSync(join(tmpdir(), 'tapescan-bench-'));
    try {
      const flat = rowOf('floor: a flat file');
      await measureFlatFile(dir, flat.times);
      flat.bytes = folderBytes(dir);
      rmSync(join(dir, 'flat'));

      const disk = rowOf('disk');
      const open = () => openDiskStore({ dir });
      await measure(open(), open, disk.times);
      disk.bytes = folderBytes(dir);
    } finally {
      rmSync(dir, { recursive: true });
    }

    const memory = createMemoryStore();
    await measure(memory, () => memory, rowOf('memory').times);
    rowOf('memory').bytes = SYMBOLS * seriesByteLength(BARS);

    if (redis === undefined) continue;
    const openRedis = () =>
      openRedisStore({ url: redis.url, onTrouble: (error) => console.log(error.message) });
    const row = rowOf('redis');
    await measure(openRedis(), openRedis, row.times);
    const managed = openRedis();
    row.bytes = (await managed.stats()).bytes;
    await managed.clear();
    await managed.close();
  }
} finally {
  await redis?.stop();
}

console.log(`${SYMBOLS} × ${BARS} bars         write     read coverage  ms (medians)       MB`);
for (const [name, { times, bytes }] of Object.entries(results)) {
  const cell = (values: readonly number[]) =>
    (values.length === 0 ? '–' : median(values).toFixed(1)).padStart(8);
  console.log(
    `${name.padEnd(20)} ${cell(times.write)} ${cell(times.read)} ${cell(times.coverage)} ${(bytes / 1e6).toFixed(1).padStart(24)}`,
  );
}
tellFigures(Object.fromEntries(Object.entries(results).map(([name, { times }]) => [name, times.read])));
