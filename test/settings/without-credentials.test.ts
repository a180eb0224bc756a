import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { withoutCredentials } from '../../src/settings/without-credentials.ts';

describe('withoutCredentials', () => {
  it.each([
    ['redis://user:word@host/0/s', 'redis://[hidden]@host/0/s'],
    ['redis://:a/b@c:d@host:6379/0/s', 'redis://[hidden]@host:6379/0/s'],
    ['user:word@host', '[hidden]@host'],
    ['https://host/v2?apiKey=word', 'https://host/v2?[hidden]'],
    ['HTTPS://user:word@host?key=word', 'HTTPS://[hidden]@host?[hidden]'],
  ])('shows %s as %s', (text, shown) => {
    expect(withoutCredentials(text)).toBe(shown);
  });

  it.each([
    '',
    '-',
    'ranked.csv',
    'a@b.csv',
    'what?.csv',
    './x:y',
    'redis://host:6379/0/s',
    'https://api.polygon.io',
  ])('leaves `%s` as it is', (text) => {
    expect(withoutCredentials(text)).toBe(text);
  });

  test.prop([fc.string({ maxLength: 60, size: 'max' }), fc.constantFrom('redis://', 'https://', '')], {
    numRuns: 500,
  })('shows no password, whatever characters it has', (noise, scheme) => {
    const shown = withoutCredentials(`${scheme}user:${noise}SECRET${noise}@host/0/s`);
    expect(shown).not.toContain('SECRET');
  });
});
