import { openDiskStore } from '../cache/disk.ts';
import type { CacheStats, ManagedStore } from '../cache/managed-store.ts';
import { openRedisStore } from '../cache/redis.ts';
import type { Settings } from '../config.ts';
import { ConfigError, LostGroundError } from '../errors.ts';
import { createLog } from '../log.ts';
import { Closers } from '../streams/closers.ts';
import { runScan } from '../streams/run-scan.ts';
import type { Summary } from '../types.ts';
import { writeAnswer } from './explain/write-answer.ts';
import { openScan } from './open-scan.ts';
import { watchSignals } from './watch-signals.ts';

const ACTIONS: Readonly<Record<string, (settings: Settings) => Promise<number>>> = {
  stats: (settings) => onStores(settings, async (store) => statsText(store.name, await store.stats())),
  verify: (settings) =>
    onStores(settings, async (store) => {
      const { entries, damaged, startedAfresh } = await store.verify();
      if (startedAfresh) return `${store.name}: could not be read any more, and was started afresh\n`;
      const found = damaged.length === 0 ? 'all whole' : `${damaged.length} damaged, removed`;
      return `${store.name}: ${entries} entries, ${found}\n${damaged.map((key) => `  ${key}\n`).join('')}`;
    }),
  clear: (settings) =>
    onStores(settings, async (store) => `${store.name}: ${await store.clear()} entries removed\n`),
  warm,
};

/**
 * `tapescan cache stats|verify|clear|warm`: what is kept, whether it is whole, forgets it, or fetches what a scan of the
 * list would lack.
 *
 * Resolves with the exit code. Failure: `ConfigError`; `LostGroundError` where a store cannot be used.
 */
export async function cacheCommand(action: string, settings: Settings): Promise<number> {
  const run = ACTIONS[action];
  if (run === undefined) {
    throw new ConfigError([`Unknown action \`${action}\`; there are: ${Object.keys(ACTIONS).join(', ')}`]);
  }
  return run(settings);
}

/** Asks the folder and the server of the settings, one after the other, and prints what they say. */
async function onStores(settings: Settings, ask: (store: ManagedStore) => Promise<string>): Promise<number> {
  const { cacheDir, cacheSize, cacheRedis } = settings;
  const openers = [
    () => openDiskStore({ dir: cacheDir, maxBytes: cacheSize }),
    ...(cacheRedis === undefined ? [] : [() => openRedisStore({ url: cacheRedis })]),
  ];
  for (const open of openers) {
    let store: ManagedStore | undefined;
    try {
      store = open();
      await writeAnswer([await ask(store)]);
    } catch (cause) {
      if (cause instanceof ConfigError) throw cause;
      throw LostGroundError.from(cause, `The cache ${store?.name ?? cacheDir} cannot be used`);
    } finally {
      await store?.close();
    }
  }
  return 0;
}

function statsText(name: string, { entries, bytes, kinds, oldest, newest, damaged }: CacheStats): string {
  const day = (ms: number | undefined) => (ms === undefined ? '-' : new Date(ms).toISOString());
  const rows = Object.entries(kinds).map(
    ([kind, { entries: count, bytes: size }]) =>
      `  ${kind.padEnd(12)}${String(count).padStart(9)}${megabytes(size).padStart(12)}\n`,
  );
  return (
    `${name}: ${entries} entries, ${megabytes(bytes)}${damaged > 0 ? `, ${damaged} damaged` : ''}\n` +
    `${rows.join('')}  stored ${day(oldest)} to ${day(newest)}\n`
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

/** A scan that writes nothing but the cache. */
async function warm(settings: Settings): Promise<number> {
  if (settings.noCache) throw new ConfigError(['--no-cache: expected a cache to be warmed']);
  const log = createLog(settings.logLevel);
  const closers = new Closers();
  try {
    const signals = watchSignals({ shutdownTimeoutMs: settings.shutdownTimeout });
    closers.add(signals.close);
    const { options } = await openScan(settings, log, closers);
    let summary: Summary | undefined;
    let lost: unknown;
    await new Promise<void>((resolve) => {
      runScan({ ...options, prescreen: () => [], screens: [], signal: signals.signal }).subscribe({
        next: (event) => {
          if (event.kind === 'ranking') summary = event.ranking.summary;
        },
        error: (error: unknown) => {
          lost = error;
          resolve();
        },
        complete: resolve,
      });
    });
    if (summary !== undefined) await writeAnswer([warmText(summary)]);
    if (lost !== undefined) throw lost;
    return signals.exitCode ?? ((summary?.outcomes.failed ?? 0) > 0 || summary?.stopped ? 3 : 0);
  } finally {
    await closers.close();
  }
}

function warmText({ in: symbols, as_of, calls, cache, corrected, outcomes }: Summary): string {
  const { hits, prefetched, misses } = cache;
  return (
    `${symbols} symbols as of ${as_of}: ${hits} were kept, ${prefetched} fetched together, ${misses} alone, ` +
    `in ${calls} calls; ${corrected} corrected, ${outcomes.failed} failed\n`
  );
}
