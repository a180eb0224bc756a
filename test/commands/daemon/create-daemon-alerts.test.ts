import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDaemonAlerts } from '../../../src/commands/daemon/create-daemon-alerts.ts';
import { ConfigError } from '../../../src/errors.ts';
import { createLog, type Logger } from '../../../src/log.ts';
import type { Alert } from '../../../src/types.ts';
import { listedRanking } from '../../support/listed-rankings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type AlertSettings = Parameters<typeof createDaemonAlerts>[0];

const base: AlertSettings = {
  alert: [['first', 'rank == 1']],
  alerts: undefined,
  define: [],
  stateDir: 'state',
  logLevel: 'info',
  appendMaxSize: 1e6,
  keepFiles: undefined,
};

const create = (changed: Partial<AlertSettings>, log: Logger = createLog('silent')) => {
  const fired: Alert[] = [];
  const onFired = (alerts: readonly Alert[]) => void fired.push(...alerts);
  return { fired, desk: createDaemonAlerts({ ...base, ...changed }, { log, onFired }) };
};

async function problemsOf(changed: Partial<AlertSettings>): Promise<readonly string[]> {
  const error: unknown = await create(changed).desk.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems;
}

describe('the alerts of a daemon', () => {
  it('go to a file, and are remembered in the folder of the state', async () => {
    const folder = temporaryFolder();
    const alerts = join(folder, 'alerts.ndjson');
    const { fired, desk } = create({ alerts, stateDir: join(folder, 'state') });
    const opened = (await desk)!;
    onTestFinished(() => opened.close());
    await opened.open();
    await opened.handle(listedRanking('AB'));
    await opened.handle(listedRanking('AB'));
    expect(fired).toMatchObject([{ rule: 'first', symbol: 'A' }]);
    expect(readFileSync(alerts, 'utf8')).toBe(`${JSON.stringify(fired[0])}\n`);
    expect(existsSync(join(folder, 'state', 'alerts.ndjson'))).toBe(true);
  });

  it('are not there without rules, and nothing is opened', async () => {
    expect(await create({ alert: [], stateDir: undefined }).desk).toBeUndefined();
  });

  it('need a folder for the state, and somebody who sees them', async () => {
    expect(await problemsOf({ stateDir: undefined })).toEqual([
      '--alert: needs --state-dir, where it is remembered what was told',
    ]);
    expect(await problemsOf({ logLevel: 'error' })).toEqual([
      '--alert: with --log-level error nobody would see them; name a place with --alerts',
    ]);
    expect(await problemsOf({ alert: [], alerts: 'file' })).toEqual([
      '--alerts: expected rules to tell of; give --alert NAME=EXPR',
    ]);
  });

  it('tell every problem at once', async () => {
    const changed = { stateDir: undefined, alert: [['a', 'rnk > 3']] as const, alerts: 'http://h/x' };
    const problems = await problemsOf(changed);
    expect(problems.map((problem) => problem.split('\n', 1)[0])).toEqual([
      '--alert: needs --state-dir, where it is remembered what was told',
      'alert a: unknown column `rnk` at 1; did you mean `rank`?',
      '--alerts: Expected alerts to go to a file or a redis:// address, got http://…',
    ]);
  });
});
