import type { Settings } from '../../config.ts';
import type { SdNotify } from '../../daemon/sd-notify.ts';
import { ConfigError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { changedSettings, checkReload } from './check-reload.ts';

export interface ReloaderOptions {
  /** Reads the settings again. Failure: `ConfigError`. */
  readonly reread: () => Promise<Settings>;
  /** The settings that hold now. */
  readonly current: () => Settings;
  /** Goes on with others, or fails with everything as it was. */
  readonly replace: (next: Settings) => Promise<void>;
  readonly notify: Pick<SdNotify, 'reloading' | 'ready'>;
  readonly log: Logger;
}

export interface Reloader {
  /** To be called whenever the settings may have changed. */
  request(): void;
  /** From now on what was requested is done. */
  start(): void;
}

/**
 * Makes a daemon go on with other settings: all of them, or none, and then it says why.
 *
 * Order: one reload after the other. Failure: none; it is logged.
 */
export function createReloader({ reread, current, replace, notify, log }: ReloaderOptions): Reloader {
  const started = Promise.withResolvers<void>();
  let last = started.promise;

  async function reload(): Promise<void> {
    notify.reloading();
    try {
      const before = current();
      const next = await reread();
      await checkReload(before, next);
      await replace(next);
      log.level = next.logLevel;
      log.warn({ changed: changedSettings(before, next) }, 'Reloaded');
    } catch (error) {
      const why = error instanceof ConfigError ? { problems: error.problems } : { err: error };
      log.error(why, 'Not reloaded: the daemon goes on as it was');
    }
    notify.ready();
  }

  return {
    request() {
      last = last.then(reload);
    },
    start: started.resolve,
  };
}
