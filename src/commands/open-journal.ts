import type { Settings } from '../config.ts';
import type { Journal } from '../journal/journal.ts';

/**
 * The journal of `--state-dir`, after a look whether it can be written; `undefined` without one.
 *
 * Failure: `LostGroundError` with the folder and the remedy.
 */
export async function openJournal({ stateDir }: Pick<Settings, 'stateDir'>): Promise<Journal | undefined> {
  if (stateDir === undefined) return undefined;
  const { Journal } = await import('../journal/journal.ts');
  const journal = new Journal({ stateDir });
  await journal.open();
  return journal;
}
