import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { readRedisStreamUrl } from '../../src/redis/stream-url.ts';
import { parseRedisStreamUrl } from '../../src/sinks/redis-stream-url.ts';
import { parseRequestStream } from '../../src/sources/redis-requests/stream-address.ts';

const problemsOf = (parse: (text: string) => unknown, text: string): readonly string[] => {
  try {
    parse(text);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('readRedisStreamUrl', () => {
  it('reads server, database and stream, and leaves the options', () => {
    const { address, url, problems } = readRedisStreamUrl('redis://u:p%40@h:7/3/a%3Fb/c?x=1', 'FORM', ['x']);
    expect(address).toEqual({
      ...{ tls: false, host: 'h', port: 7, username: 'u', password: 'p@' },
      ...{ db: 3, stream: 'a?b/c', name: 'redis://h:7/3/a?b/c' },
    });
    expect(url.searchParams.get('x')).toBe('1');
    expect(problems).toEqual([]);
  });

  it.each([
    'redis://h',
    'redis://h/0',
    'redis://h/x/s',
    'redis://h/0/%zz',
    'redis://h/0/s#x',
    'redis:///0/s',
  ])('says the same of %s to whoever publishes and to whoever reads requests', (text) => {
    const form = (problems: readonly string[]) =>
      problems.map((problem) =>
        problem
          .replace('[?maxlen=N&latest=NAME]', '')
          .replace('other options than maxlen and latest', 'options'),
      );
    const problems = problemsOf(parseRequestStream, text);
    expect(problems.length).toBeGreaterThan(0);
    expect(form(problemsOf(parseRedisStreamUrl, text))).toEqual(problems);
  });

  it('knows no option that it was not told of', () => {
    expect(problemsOf(parseRequestStream, 'redis://h/0/s?maxlen=3')).toEqual([
      'The Redis address has a # part, or options: write ? and # of a name as %3F and %23',
    ]);
    expect(() => parseRequestStream('none')).toThrow(ConfigError);
  });
});
