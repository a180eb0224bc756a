import { describe, expect, it } from 'vitest';
import { lastCompletedSession } from '../../src/calendar/nyse.ts';
import { asOfSession } from '../../src/commands/as-of-session.ts';
import { checkSettings } from '../../src/commands/check-settings.ts';
import { createSinks } from '../../src/commands/create-sinks.ts';
import { ConfigError } from '../../src/errors.ts';
import { parseSession } from '../../src/session.ts';
import { readSettings } from '../../src/settings/read-settings.ts';

const settingsOf = async (...args: string[]) =>
  (await readSettings('scan', ['--source', 'simulator', ...args], {})).settings;

describe('checkSettings', () => {
  it('accepts what a scan can start from', async () => {
    const settings = await settingsOf('--out', 'a.csv', '--out', 'redis://h/0/s', '--fault', '500=0.1');
    await expect(checkSettings(settings)).resolves.toBeUndefined();
  });

  it('lists every problem of all outputs, faults, conditions and the day', async () => {
    const outputs = ['--out', 'ftp://h', '--out', 'redis://h/x/s'];
    const settings = await settingsOf(
      '--as-of',
      '2199-01-02',
      ...outputs,
      '--fault',
      'x=1',
      '--fault',
      '500=2',
      '--where',
      'rsi_41 < 3',
    );
    expect.assertions(2);
    try {
      await checkSettings(settings);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).problems).toEqual([
        expect.stringMatching(/^--as-of 2199-01-02: expected a session that is over; the last one is /),
        expect.stringMatching(/^--out: .*ftp:/),
        expect.stringMatching(/^--out: Expected the database/),
        expect.stringMatching(/`x`$/),
        expect.stringMatching(/`500=2`$/),
        expect.stringMatching(/^--where: unknown column `rsi_41` at 1; did you mean `rsi_14`\?/),
      ]);
    }
  });
});

describe('asOfSession', () => {
  const publishDelay = 30 * 60_000;
  const saturday = Date.parse('2026-11-21T12:00:00Z');

  it('is the last completed session where nothing is said', () => {
    expect(asOfSession({ asOf: undefined, publishDelay }, saturday)).toBe(lastCompletedSession(saturday));
  });

  it('is the session on or before the day that is named', () => {
    expect(asOfSession({ asOf: parseSession('2026-11-15'), publishDelay }, saturday)).toBe(
      parseSession('2026-11-13'),
    );
    expect(asOfSession({ asOf: parseSession('2026-11-21'), publishDelay }, saturday)).toBe(
      parseSession('2026-11-20'),
    );
  });

  it('refuses a session that is not over', () => {
    expect(() => asOfSession({ asOf: parseSession('2026-11-23'), publishDelay }, saturday)).toThrow(
      ConfigError,
    );
  });
});

describe('createSinks', () => {
  it('makes standard output where nothing is said, else one for each target', () => {
    const names = (out: readonly string[]) =>
      createSinks({ out, format: undefined, noColor: true }).map(({ name }) => name);
    expect(names([])).toEqual(['standard output']);
    expect(names(['a.csv', '-', 'redis://u:p@h/0/s'])).toEqual([
      'a.csv',
      'standard output',
      'redis://h:6379/0/s',
    ]);
  });
});
