import type { Settings } from '../../config.ts';
import { createSchedule, type Schedule } from '../../daemon/schedule.ts';
import type { Logger } from '../../log.ts';

/** Whether a daemon scans its list again and again. */
export function isScheduled({ every, cron, session }: Settings): boolean {
  return every !== undefined || cron !== undefined || session === 'closed';
}

/** The schedule that the settings ask for. Failure: `ConfigError`. */
export function startSchedule(settings: Settings, scan: () => Promise<void>, log: Logger): Promise<Schedule> {
  return createSchedule({
    everyMs: settings.every,
    cron: settings.cron,
    timeZone: settings.timeZone,
    session: settings.session,
    overlap: settings.overlap,
    publishDelayMs: settings.publishDelay,
    onTick: scan,
    onSkipped: (skipped) => log.warn(skipped, 'Scans that were due did not run'),
    onFailed: (error) => log.error({ err: error }, 'A scan on the schedule failed'),
  });
}
