import { SETTING_ROWS, type SettingName, type Settings } from '../../config.ts';
import { createDueTimes } from '../../daemon/schedule/due-times.ts';
import { ConfigError } from '../../errors.ts';
import { flagName } from '../../settings/names.ts';
import { checkSettings } from '../check-settings.ts';
import { isScheduled } from './start-schedule.ts';

/** What a daemon takes its work from and is asked over: it would be another one. */
const FIXED: readonly SettingName[] = [
  'requests',
  'requestsGroup',
  'requestsConsumer',
  'listIdle',
  'keepAlive',
  'watch',
  'stateDir',
  'http',
  'httpHost',
  'httpToken',
  'shutdownTimeout',
];

/** Settings that differ, by name. */
export function changedSettings(a: Settings, b: Settings): readonly SettingName[] {
  return SETTING_ROWS.map(([name]) => name).filter(
    (name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]),
  );
}

/**
 * Whether a daemon can go on with other settings without being started again; opens nothing.
 *
 * Failure: `ConfigError` with every problem: what does not hold by itself, and what only a restart changes.
 */
export async function checkReload(current: Settings, next: Settings): Promise<void> {
  const changed = changedSettings(current, next);
  const fixed = FIXED.filter((name) => changed.includes(name)).map(flagName);
  const takesOver = current.universe !== '-' && next.universe !== '-' && !current.watch;
  if (changed.includes('universe') && !takesOver) fixed.push(flagName('universe'));
  if (isScheduled(current) !== isScheduled(next)) fixed.push('--every, --cron, --session closed');
  if (fixed.length > 0) throw new ConfigError(fixed.map((flag) => `${flag}: changes with a restart only`));
  await checkSettings(next);
  if (isScheduled(next)) {
    const { every: everyMs, cron, timeZone, session, publishDelay: publishDelayMs } = next;
    await createDueTimes({ everyMs, cron, timeZone, session, publishDelayMs }, Date.now());
  }
}
