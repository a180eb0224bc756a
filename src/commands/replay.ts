import { openCache } from '../cache/open-cache.ts';
import type { Settings } from '../config.ts';
import { ConfigError, LostGroundError } from '../errors.ts';
import { withDecidingSettings } from '../journal/deciding-settings.ts';
import { describeDifference } from '../journal/describe-difference.ts';
import { digestRows } from '../journal/digest-rows.ts';
import { Journal } from '../journal/journal.ts';
import type { Manifest } from '../journal/manifest.ts';
import { createReplaySource } from '../journal/replay-source.ts';
import { createReplayStore } from '../journal/replay-store.ts';
import { ScanRecorder } from '../journal/scan-recorder.ts';
import { createLog } from '../log.ts';
import { parseSession } from '../session.ts';
import { Closers } from '../streams/closers.ts';
import { runScan } from '../streams/run-scan.ts';
import type { ScanOptions } from '../streams/scan-options.ts';
import type { Ranking } from '../types.ts';
import { VERSION } from '../version.ts';
import { boundsOf } from './create-rules.ts';
import { createScreens } from './create-screens.ts';
import { asOne, openSinks, publish } from './scan.ts';
import { watchSignals } from './watch-signals.ts';

/**
 * `tapescan replay`: makes the ranking of an earlier scan again, from its manifest and the cache, without a call, and writes it
 * where it is the same to the byte. Resolves with the exit code.
 *
 * Failure: `ConfigError` for a scan that the journal does not have; `LostGroundError` where the ranking is another one, with
 * the symbols that it differs in, and nothing written.
 */
export async function replayCommand(scan: string, settings: Settings): Promise<number> {
  const { stateDir } = settings;
  if (stateDir === undefined)
    throw new ConfigError(['--state-dir: expected the folder that the scan was given as --state-dir']);
  const closers = new Closers();
  const signals = watchSignals({ shutdownTimeoutMs: settings.shutdownTimeout });
  closers.add(signals.close);
  try {
    const sinks = await openSinks(settings, closers);
    const manifest = await new Journal({ stateDir }).read(scan);
    const recorder = new ScanRecorder();
    const ranking = await rank(manifest, {
      ...(await optionsOf(manifest, settings, closers)),
      signal: signals.signal,
      recorder,
    });
    if (signals.exitCode !== undefined) return signals.exitCode;
    if (digestRows(ranking) !== manifest.head.sha256) {
      throw new LostGroundError(
        describeDifference({ manifest, replayed: recorder.scored(), version: VERSION }),
      );
    }
    const failures = await publish(ranking, sinks);
    if (failures.length > 0) throw asOne(failures);
    return 0;
  } finally {
    await closers.close();
  }
}

/** What the scan ran on, as far as its ranking follows from it. */
async function optionsOf(
  { head, scored }: Manifest,
  given: Settings,
  closers: Closers,
): Promise<Omit<ScanOptions, 'universe' | 'source'>> {
  const settings = withDecidingSettings(given, head.settings);
  const log = createLog(settings.logLevel);
  const cache = openCache({ ...settings, noCache: false }, (error, doing) =>
    log.warn({ err: error }, `The cache cannot ${doing}`),
  );
  closers.add(() => cache.close());
  const asOf = parseSession(head.as_of);
  return {
    id: head.scan,
    asOf,
    forming: head.forming === null ? undefined : parseSession(head.forming),
    store: createReplayStore(cache, { dataset: head.dataset, to: asOf }),
    batch: false,
    listings: new Map(scored.flatMap(({ symbol, listing }) => (listing ? [[symbol, listing] as const] : []))),
    bounds: boundsOf(settings),
    screens: await createScreens(settings),
    lookback: settings.lookback,
    slack: settings.slack,
    top: settings.top,
    rankBy: settings.rankBy,
    plan: settings,
    weights: Object.fromEntries(settings.weight),
    log,
  };
}

function rank(
  manifest: Manifest,
  { recorder, ...options }: Omit<ScanOptions, 'universe' | 'source'> & { readonly recorder: ScanRecorder },
): Promise<Ranking> {
  const universe = manifest.scored.map(({ symbol }) => symbol);
  return new Promise((resolve, reject) => {
    runScan({ ...options, universe, source: createReplaySource(manifest) }).subscribe({
      next: (event) => {
        if (event.kind === 'ranking') resolve(event.ranking);
        else recorder.take(event);
      },
      error: reject,
    });
  });
}
