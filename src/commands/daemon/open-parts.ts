import { SETTING_ROWS, type Settings } from '../../config.ts';
import type { Journal } from '../../journal/journal.ts';
import { Closers } from '../../streams/closers.ts';
import { openJournal } from '../open-journal.ts';
import { type Engine, openEngine } from '../open-scan.ts';
import { createOutputs, OUTPUT_SETTINGS, type Outputs, type OutputsOptions } from './outputs.ts';

/** What the scans of a daemon run on, and where they go: open, and replaced as a whole by a reload. */
export interface OpenParts {
  readonly settings: Settings;
  readonly engine: Engine;
  /** Closes the engine alone. */
  readonly engineClosers: Closers;
  readonly outputs: Outputs;
  /** Where each scan leaves what it was made of; with `--state-dir`. */
  readonly journal: Journal | undefined;
}

/** What each scan reads anew, or what is not of what it runs on. */
const OF_NO_ENGINE: ReadonlySet<string> = new Set([
  ...OUTPUT_SETTINGS,
  ...SETTING_ROWS.filter(([, { group }]) => group === 'Daemon' || group === 'Criteria').map(([name]) => name),
]);
const ENGINE_SETTINGS = SETTING_ROWS.map(([name]) => name).filter((name) => !OF_NO_ENGINE.has(name));

/** Opens the journal and outputs, then the engine. Failure: that of any, after which nothing is open. */
export async function openParts(settings: Settings, options: OutputsOptions): Promise<OpenParts> {
  const journal = await openJournal(settings);
  const outputs = await createOutputs(settings, options);
  await outputs.open();
  try {
    return { settings, outputs, journal, ...(await openEngineAlone(settings, options)) };
  } catch (error) {
    await outputs.close();
    throw error;
  }
}

/** The engine first: its scans are over, and what it kept may still be written. */
export async function closeParts({ engineClosers, outputs }: OpenParts): Promise<void> {
  await engineClosers.close();
  await outputs.close();
}

/**
 * What a daemon runs on with other settings: opens what they change, then closes what it replaces. No scan may be under way.
 *
 * Failure: that of opening, with everything as it was before.
 */
export async function reopenParts(
  parts: OpenParts,
  settings: Settings,
  options: OutputsOptions,
): Promise<OpenParts> {
  const { engine, engineClosers, outputs, journal } = parts;
  const isSameEngine = areSame(ENGINE_SETTINGS, parts.settings, settings);
  const opened = isSameEngine ? { engine, engineClosers } : await openEngineAlone(settings, options);
  try {
    const next = areSame(OUTPUT_SETTINGS, parts.settings, settings)
      ? outputs
      : await exchange(outputs, await createOutputs(settings, options));
    if (!isSameEngine) {
      await engineClosers.close();
      // The provider still counts what was called before.
      if (settings.rate !== undefined) opened.engine.options.limiter.pauseFor(settings.rate.perMs);
    }
    return { settings, outputs: next, journal, ...opened };
  } catch (error) {
    if (!isSameEngine) await opened.engineClosers.close();
    throw error;
  }
}

async function openEngineAlone(
  settings: Settings,
  { log }: OutputsOptions,
): Promise<Pick<OpenParts, 'engine' | 'engineClosers'>> {
  const engineClosers = new Closers();
  try {
    return { engine: await openEngine(settings, log, engineClosers, { isResident: true }), engineClosers };
  } catch (error) {
    await engineClosers.close();
    throw error;
  }
}

/** The old ones are closed first: two of them cannot write one file. */
async function exchange(old: Outputs, next: Outputs): Promise<Outputs> {
  await old.close();
  try {
    await next.open();
  } catch (error) {
    await old.open();
    throw error;
  }
  return next;
}

function areSame(names: readonly (keyof Settings)[], a: Settings, b: Settings): boolean {
  return names.every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]));
}
