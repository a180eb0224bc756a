import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isSymbolLine, parseRequest } from '../../src/daemon/request.ts';
import { parseSession } from '../../src/session.ts';

const problemsOf = (value: unknown) => {
  const parsed = parseRequest(typeof value === 'string' ? value : JSON.stringify(value));
  return 'problems' in parsed ? parsed.problems : [];
};

describe('parseRequest', () => {
  it('reads every field', () => {
    const json = JSON.stringify({
      id: 'desk-7:a.b_c',
      symbols: ['AAPL', 'brk-b', '?'],
      top: 10,
      where: 'rsi_14 < 30',
      screen: ['breakout', 'squeeze'],
      asOf: '2026-11-20',
      rankBy: 'composite',
    });
    expect(parseRequest(json)).toEqual({
      request: {
        id: 'desk-7:a.b_c',
        list: ['AAPL', 'brk-b', '?'],
        top: 10,
        where: 'rsi_14 < 30',
        screen: ['breakout', 'squeeze'],
        asOf: parseSession('2026-11-20'),
        rankBy: 'composite',
      },
    });
  });

  it('takes the name of a universe in place of symbols', () => {
    expect(parseRequest('{"id":"a","universe":"us-stocks"}')).toEqual({
      request: { id: 'a', universe: 'us-stocks' },
    });
  });

  it('makes an id of its own, or takes the one it is handed, where none is given', () => {
    expect(parseRequest('{"symbols":["A"]}', '17-0')).toEqual({ request: { id: '17-0', list: ['A'] } });
    const ids = [1, 2].map(() => {
      const parsed = parseRequest('{"symbols":["A"]}');
      return 'request' in parsed ? parsed.request.id : '';
    });
    expect(new Set(ids).size).toBe(2);
    expect(problemsOf({ id: ids[0], symbols: ['A'] })).toEqual([]);
  });

  it('names all problems at once, with the field and what was expected', () => {
    expect(
      problemsOf({
        id: '../etc',
        symbols: ['A', 7],
        universe: '-',
        top: '5',
        where: '',
        screen: [],
        asOf: '2026-02-30',
        rankBy: 'best',
        symbol: 'A',
        limit: 1,
      }),
    ).toEqual([
      'id: expected 1 to 100 letters, digits, . _ : or -, the first a letter or digit, got `"../etc"`',
      'symbols[1]: expected a symbol, got `7`',
      'universe: expected a file, or us-stocks, got `"-"`',
      'top: expected an integer from 1 to 10,000,000, got `"5"`',
      'where: expected a condition, got `""`',
      'screen: expected a list of one name of a screen or more, got `[]`',
      'asOf: expected a date like 2026-11-20, got `"2026-02-30"`',
      'rankBy: expected one of classic, composite, got `"best"`',
      'unknown field `symbol`; did you mean `symbols`?',
      'unknown field `limit`',
      'symbols, universe: expected one of them, got both',
    ]);
  });

  it.each([
    [{}, 'symbols, universe: expected one of them, got neither'],
    [{ symbols: [] }, 'symbols: expected a list of one symbol or more, got `[]`'],
    [{ symbols: 'AAPL' }, 'symbols: expected a list of one symbol or more, got `"AAPL"`'],
    [{ symbols: ['A', ''] }, 'symbols[1]: expected a symbol, got `""`'],
    [{ symbols: ['A'], top: 0 }, 'top: expected an integer from 1 to 10,000,000, got `0`'],
    [{ symbols: ['A'], top: 1.5 }, 'top: expected an integer from 1 to 10,000,000, got `1.5`'],
    [{ symbols: ['A'], top: null }, 'top: expected an integer from 1 to 10,000,000, got `null`'],
    [{ symbols: ['A'], id: 7 }, expect.stringMatching(/^id: expected .*, got `7`$/)],
    ['{"symbols":["A"],"__proto__":{}}', 'unknown field `__proto__`'],
    ['{"symbols":["A"],"toString":1}', 'unknown field `toString`'],
    ['[{"symbols":["A"]}]', expect.stringMatching(/^expected a JSON object, got `\[/)],
    ['null', 'expected a JSON object, got `null`'],
    ['{"symbols":["A"]', expect.stringMatching(/^expected JSON: /)],
    ['', expect.stringMatching(/^expected JSON: /)],
  ])('refuses %j', (value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });

  it('shows nothing of what was given that is long or not printable', () => {
    const [long] = problemsOf({ symbols: ['A'], rankBy: 'x'.repeat(10_000) });
    expect(long!.length).toBeLessThan(120);
    expect(problemsOf(`{"\u001b[31m":1,"symbols":["A"]}`)[0]).not.toContain('\u001b');
  });

  test.prop([fc.jsonValue()])('answers any value with a request or problems', (value) => {
    const parsed = parseRequest(JSON.stringify(value));
    expect('request' in parsed || parsed.problems.length > 0).toBe(true);
  });

  test.prop([fc.string({ unit: 'binary' })])('answers any text', (text) => {
    expect(parseRequest(text)).toBeDefined();
  });
});

describe('isSymbolLine', () => {
  it.each([
    ['{"symbol":"AAPL"}', true],
    ['{"ticker":"AAPL","name":"Apple","where":null}', false],
    ['{"ticker":"AAPL","name":"Apple"}', true],
    ['{"symbol":7}', true],
    ['{"symbol":"AAPL","id":"1"}', false],
    ['{"symbols":["AAPL"]}', false],
    ['{"name":"AAPL"}', false],
    ['["AAPL"]', false],
    ['null', false],
    ['{"symbol":', false],
  ])('says of %s: %s', (line, is) => {
    expect(isSymbolLine(line)).toBe(is);
  });
});
