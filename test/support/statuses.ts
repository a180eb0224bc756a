import { Activity } from '../../src/daemon/status/activity.ts';
import { createStatus, type DaemonStatus, type StatusOptions } from '../../src/daemon/status.ts';
import type { LiveScan } from '../../src/state/live-scan.ts';
import { createLiveScan } from './live-scans.ts';
import { createRanking } from './rankings.ts';

/** The status of a daemon that scans for two seconds, after a scan before; idle where `scan` is `null`. */
export function statusOf(
  scan: Partial<LiveScan> | null = {},
  options: Partial<Omit<StatusOptions, 'activity' | 'now'>> = {},
): DaemonStatus {
  const activity = new Activity();
  activity.begin(createLiveScan());
  activity.end(createRanking(2, { scan: 'before' }).summary);
  if (scan !== null) activity.begin(createLiveScan({ started: 1_000_000, ...scan }));
  let now = 1_000_000;
  const status = createStatus({ activity, waiting: () => 0, ...options, now: () => now });
  now += 2000;
  const look = status.look();
  status.close();
  return look;
}
