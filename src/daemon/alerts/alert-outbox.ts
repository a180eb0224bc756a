import { readFile } from 'node:fs/promises';
import { LostGroundError } from '../../errors.ts';
import { openAtomicFile } from '../../sinks/atomic-file.ts';
import type { Alert } from '../../types.ts';

/** Alerts that are still to be published, on disk: what was true of a ranking need not be true of the next. */
export interface AlertOutbox {
  /** What an earlier process left; lines that are none are passed over. Failure: `LostGroundError`. */
  read(): Promise<readonly Alert[]>;
  /** Replaces what is there; durable once it resolves. Failure: `LostGroundError`. */
  write(alerts: readonly Alert[]): Promise<void>;
}

/** Keeps them in a file of NDJSON that is replaced as a whole. Holds: its text while it is written. */
export function createAlertOutbox(path: string): AlertOutbox {
  let isEmpty = false;
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw LostGroundError.from(error, `cannot read ${path}`);
      });
      isEmpty = text === '';
      return text.split('\n').flatMap(parse);
    },
    async write(alerts) {
      // Nearly always: nothing waits.
      if (alerts.length === 0 && isEmpty) return;
      const file = await openAtomicFile(path);
      for (const alert of alerts) await file.write(`${JSON.stringify(alert)}\n`);
      await file.commit();
      isEmpty = alerts.length === 0;
    },
  };
}

function parse(line: string): Alert[] {
  try {
    const alert = JSON.parse(line) as Partial<Alert> | null;
    return alert?.type === 'alert' && typeof alert.rule === 'string' && typeof alert.session === 'string'
      ? [alert as Alert]
      : [];
  } catch {
    return [];
  }
}
