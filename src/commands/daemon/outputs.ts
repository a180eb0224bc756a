import type { Settings } from '../../config.ts';
import type { AlertDesk } from '../../daemon/alert-desk.ts';
import type { Changes } from '../../daemon/changes.ts';
import type { Logger } from '../../log.ts';
import { Closers } from '../../streams/closers.ts';
import type { Alert, Sink } from '../../types.ts';
import { createDaemonAlerts } from './create-daemon-alerts.ts';
import { createDaemonChanges } from './create-daemon-changes.ts';
import { createDaemonSinks } from './create-daemon-sinks.ts';

/** Where the rankings of a daemon go, and what is told of them. */
export interface Outputs {
  readonly sinks: readonly Sink[];
  readonly changes: Changes;
  readonly alerts: AlertDesk | undefined;
  /** Failure: that of any of them, after which none is open. Who has closed them may open them again. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface OutputsOptions {
  readonly log: Logger;
  /** Told of alerts once they are published. */
  readonly onFired: (alerts: readonly Alert[]) => void;
}

/** Settings that decide on outputs: where one of them differs, others have to be opened. */
export const OUTPUT_SETTINGS = [
  'out',
  'format',
  'noColor',
  'outDir',
  'append',
  'appendMaxSize',
  'keepFiles',
  'spillDir',
  'onlyChanges',
  'leastMove',
  'alert',
  'alerts',
  'define',
] as const satisfies readonly (keyof Settings)[];

/** Makes the outputs that the settings ask for, none of them open. Failure: `ConfigError`. */
export async function createOutputs(settings: Settings, options: OutputsOptions): Promise<Outputs> {
  const { log } = options;
  const sinks = createDaemonSinks(settings, log);
  const changes = createDaemonChanges(settings, log);
  const alerts = await createDaemonAlerts(settings, options);
  let open = new Closers();

  return {
    sinks,
    changes,
    alerts,
    async open() {
      open = new Closers();
      try {
        for (const output of alerts === undefined ? sinks : [...sinks, alerts]) {
          open.add(() => output.close());
          await output.open();
        }
      } catch (error) {
        await open.close();
        throw error;
      }
    },
    close: () => open.close(),
  };
}
