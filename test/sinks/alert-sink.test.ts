import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createAlertSink } from '../../src/sinks/alert-sink.ts';

describe('the place of alerts', () => {
  it('is a file or a Redis stream, by its form', () => {
    expect(createAlertSink({ target: 'a/b.ndjson' }).name).toBe('a/b.ndjson');
    expect(createAlertSink({ target: 'redis://me:secret@h/0/alerts' }).name).toBe('redis://h:6379/0/alerts');
  });

  it.each([
    ['http://h/secret', 'http://…'],
    ['', '``'],
    ['-', '`-`'],
    ['folder/', '`folder/`'],
  ])('refuses `%s`', (target, got) => {
    const create = () => createAlertSink({ target });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(`Expected alerts to go to a file or a redis:// address, got ${got}`);
  });

  it('refuses an address of Redis that is not whole, without quoting it', () => {
    const create = () => createAlertSink({ target: 'redis://u:secret@h/x/?latest=a&maxlen=0' });
    expect(create).toThrow(/database.*no stream.*`maxlen`/s);
    expect(create).not.toThrow(/secret/);
  });
});
