import { describe, expect, it } from 'vitest';
import { createDaemonChanges } from '../../../src/commands/daemon/create-daemon-changes.ts';
import { ConfigError } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';
import { listedRanking } from '../../support/listed-rankings.ts';

const settings = {
  stateDir: undefined,
  leastMove: 2,
  onlyChanges: true,
  out: ['-', 'redis://h/0/s?maxlen=5'],
};
const log = createLog('silent');

describe('the changes of a daemon', () => {
  it('are as the settings say', async () => {
    const changes = createDaemonChanges(settings, log);
    await (await changes.compare(listedRanking('ABCD'), 'k')).remember();
    const { published } = await changes.compare(listedRanking('DABC'), 'k');
    expect([...published.rows].map(({ symbol }) => symbol)).toEqual(['D']);
  });

  it('cannot alone go to a stream that keeps the latest ranking', () => {
    const out = ['redis://u:secret@h/0/s?latest=now', 'redis://h/no-number'];
    const create = () => createDaemonChanges({ ...settings, out }, log);
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(/^--only-changes: a Redis stream with \?latest= would keep what changed, .*$/);
    expect(create).not.toThrow(/secret/);
    expect(() => createDaemonChanges({ ...settings, out, onlyChanges: false }, log)).not.toThrow();
  });
});
