import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { parseRedisAddress } from '../../src/redis/address.ts';

describe('the address of a Redis server', () => {
  it('has a port and a database where it names none', () => {
    expect(parseRedisAddress('redis://cache')).toEqual({
      ...{ tls: false, host: 'cache', port: 6379, db: 0, name: 'redis://cache:6379/0' },
    });
    expect(parseRedisAddress('rediss://[::1]:1234/7')).toEqual({
      ...{ tls: true, host: '::1', port: 1234, db: 7, name: 'rediss://[::1]:1234/7' },
    });
  });

  it('holds user and password decoded, and its name neither', () => {
    expect(parseRedisAddress('redis://me%40x:s%2Fcret@host/')).toEqual({
      ...{ tls: false, host: 'host', port: 6379, db: 0, name: 'redis://host:6379/0' },
      ...{ username: 'me@x', password: 's/cret' },
    });
    expect(parseRedisAddress('redis://:secret@host')).not.toHaveProperty('username');
  });

  it.each([
    ['nonsense', /got something else/],
    ['http://host', /redis:\/\/ or rediss:\/\//],
    ['redis:///0', /has no host/],
    ['redis://host/zero', /a number or nothing/],
    ['redis://host/0?a=secret', /a number or nothing/],
    ['redis://me:sec/ret@host', /./],
    ['redis://me:sec%ret@host', /password.*hex digits/],
  ])('is refused as %s, without quoting it', (text, says) => {
    const refusal = () => parseRedisAddress(text);
    expect(refusal).toThrow(ConfigError);
    expect(refusal).toThrow(says);
    expect(refusal).not.toThrow(/sec/);
  });
});
