import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { parseRedisStreamUrl } from '../../src/sinks/redis-stream-url.ts';

describe('parseRedisStreamUrl', () => {
  it('reads all parts', () => {
    expect(parseRedisStreamUrl('rediss://u%40x:p%2Fw@db.example:7000/3/scan%3Aranked/eu')).toStrictEqual({
      tls: true,
      host: 'db.example',
      port: 7000,
      username: 'u@x',
      password: 'p/w',
      db: 3,
      stream: 'scan:ranked/eu',
      name: 'rediss://db.example:7000/3/scan:ranked/eu',
    });
  });

  it('fills in the port, and has no credentials where there are none', () => {
    expect(parseRedisStreamUrl('redis://localhost/0/s')).toStrictEqual({
      tls: false,
      host: 'localhost',
      port: 6379,
      db: 0,
      stream: 's',
      name: 'redis://localhost:6379/0/s',
    });
  });

  it('reads how the stream is kept, which its name does not show', () => {
    expect(parseRedisStreamUrl('redis://h/0/a/b?maxlen=5000&latest=now')).toMatchObject({
      stream: 'a/b',
      maxlen: 5000,
      latest: 'now',
      name: 'redis://h:6379/0/a/b',
    });
  });

  it('takes the brackets off an IPv6 address', () => {
    expect(parseRedisStreamUrl('redis://[::1]:7/0/s')).toMatchObject({
      host: '::1',
      name: 'redis://[::1]:7/0/s',
    });
  });

  it.each([
    ['redis://h', /number.*\n.*names no stream/],
    ['redis://h/0', /names no stream/],
    ['redis://h/0/', /names no stream/],
    ['redis://h/x/s', /database.*to be a number/],
    ['redis://h/-1/s', /database.*to be a number/],
    ['redis:///0/s', /has no host/],
    ['http://h/0/s', /start with redis:/],
    ['redis://h/0/s?x=1', /other options than maxlen and latest/],
    ['redis://h/0/s#x', /has a # part/],
    ['redis://h/0/s?maxlen=0', /`maxlen` .* to be an integer from 1/],
    ['redis://h/0/s?maxlen=1e3', /`maxlen` .* to be an integer from 1/],
    ['redis://h/0/s?maxlen=1&maxlen=2', /an option twice/],
    ['redis://h/0/s?latest=', /`latest` .* to be a name/],
    ['redis://h/0/s?latest=a%7Bb', /`latest` .* to be a name/],
    ['redis://h/0/%zz', /The stream .* not followed by two hex digits/],
    ['nothing', /Expected a Redis address/],
  ])('says what is wrong with %s', (url, message) => {
    expect(() => parseRedisStreamUrl(url)).toThrow(message);
    expect(() => parseRedisStreamUrl(url)).toThrow(ConfigError);
  });

  const awkward = fc.string({
    unit: fc.constantFrom(...'s3/:@?#%[]1'),
    minLength: 4,
    maxLength: 12,
    size: 'max',
  });

  test.prop([awkward])('gives back any password that is encoded', (password) => {
    expect(parseRedisStreamUrl(`redis://:${encodeURIComponent(password)}@h/0/s`).password).toBe(password);
  });

  test.prop([awkward])('quotes nothing of a password that is not encoded', (inner) => {
    const password = `Zq${inner}Zq`;
    let said = '';
    try {
      const { name } = parseRedisStreamUrl(`redis://u:${password}@h/0/s`);
      said = name;
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).not.toContain('Zq');
    expect(said).not.toBe('');
  });
});
