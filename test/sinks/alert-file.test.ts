import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { type AlertFileOptions, createAlertFile } from '../../src/sinks/alert-file.ts';
import type { Alert } from '../../src/types.ts';
import { createAlertsOf } from '../support/alerts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const start = (options: Partial<AlertFileOptions> = {}) => {
  const path = join(temporaryFolder(), 'alerts.ndjson');
  return { path, sink: createAlertFile({ path, ...options }) };
};
const read = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Alert);
const textOf = (alerts: readonly Alert[]) => alerts.map((alert) => `${JSON.stringify(alert)}\n`).join('');

describe('a file of alerts', () => {
  it('has a line for each of them, in order', async () => {
    const { path, sink } = start();
    await sink.open();
    await sink.publish(createAlertsOf('a', 2));
    await sink.publish([]);
    await sink.publish(createAlertsOf('b', 1));
    await sink.close();
    expect(read(path)).toStrictEqual([...createAlertsOf('a', 2), ...createAlertsOf('b', 1)]);
  });

  it('cuts away an alert that a crash cut off, wherever it did', async () => {
    const [first, second] = createAlertsOf('a', 2);
    const { path, sink } = start();
    const { length } = textOf([second!]);
    for (let left = 0; left < length; left += 3) {
      writeFileSync(path, textOf([first!, second!]));
      truncateSync(path, textOf([first!]).length + left);
      await sink.publish([second!]);
      expect(read(path)).toStrictEqual([first, second]);
    }
  });

  it('ends a line of somebody else', async () => {
    const { path, sink } = start();
    writeFileSync(path, 'a note\nanother');
    const alerts = createAlertsOf('a', 1);
    await sink.publish(alerts);
    expect(readFileSync(path, 'utf8')).toBe(`a note\nanother\n${textOf(alerts)}`);
  });

  it('is rotated where it is full', async () => {
    const { path, sink } = start({ maxBytes: 100, keep: 2 });
    for (let first = 0; first < 5; first++) await sink.publish(createAlertsOf('a', 1, first));
    expect(readdirSync(join(path, '..')).sort()).toEqual([
      'alerts.ndjson',
      'alerts.ndjson.1',
      'alerts.ndjson.2',
    ]);
    expect(['', '.1', '.2'].map((suffix) => read(path + suffix)[0]!.symbol)).toEqual(['S4', 'S3', 'S2']);
  });

  it('says what is wrong with its place', async () => {
    const missing = createAlertFile({ path: join(temporaryFolder(), 'missing', 'a') });
    await expect(missing.open()).rejects.toThrow(LostGroundError);
    await expect(missing.publish(createAlertsOf('a', 1))).rejects.toThrow(/its directory does not exist/);
    const { path, sink } = start();
    mkdirSync(path);
    await expect(sink.publish(createAlertsOf('a', 1))).rejects.toThrow(
      /it is a directory; name a file in it$/,
    );
    const device = createAlertFile({ path: '/dev/null' });
    await expect(device.publish(createAlertsOf('a', 1))).rejects.toThrow(/it is not a regular file/);
  });
});
