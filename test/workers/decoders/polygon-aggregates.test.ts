import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ScanError, type SymbolErrorCode } from '../../../src/errors.ts';
import { FLAG_OLDER_EXIST, FLAG_SPLIT_ADJUSTED, viewSeries } from '../../../src/series.ts';
import type { History } from '../../../src/types.ts';
import { decodePolygonAggregates } from '../../../src/workers/decoders/polygon-aggregates.ts';

const DAY = 86_400_000;
const ALL: History = { from: -100_000, to: 100_000, bars: 10_000 };
const RECORDED = fileURLToPath(
  new URL('../../../../shared/data/provider-fixtures/polygon/', import.meta.url),
);

type Row = Record<'o' | 'h' | 'l' | 'c' | 'v' | 't', number>;

const encode = (text: string) => new TextEncoder().encode(text);
const page = (extra: object = {}) =>
  encode(JSON.stringify({ ticker: 'AAPL', adjusted: true, status: 'OK', ...extra }));
const row = (session: number, price = session): Row => ({
  o: price,
  h: price + 2,
  l: price - 2,
  c: price + 1,
  v: 1000 + session,
  t: session * DAY + 4 * 3_600_000,
});

/** What is decoded, as plain values. */
function decode(pages: readonly Uint8Array[], history: History = ALL, symbol = 'AAPL') {
  const { bars, from, to, flags, open, high, low, close, volume, session } = viewSeries(
    decodePolygonAggregates(pages, symbol, history),
  );
  const rows = Array.from({ length: bars }, (_, bar) => [
    session[bar]!,
    open[bar]!,
    high[bar]!,
    low[bar]!,
    close[bar]!,
    volume[bar]!,
  ]);
  return { from, to, flags, rows };
}

function failure(run: () => unknown): ScanError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof ScanError) return error;
    throw error;
  }
  return undefined;
}

/** The same, by way of objects; throws anything where it should fail. */
function plainRows(bytes: Uint8Array): number[][] {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const { ticker, status, error, results } = JSON.parse(text) as Record<string, unknown>;
  if (ticker !== 'AAPL' || (error ?? undefined) !== undefined) throw new Error('refused');
  if (status !== 'OK' && status !== 'DELAYED') throw new Error('refused');
  const rows = ((results ?? []) as Row[]).map(({ t, o, h, l, c, v }) => {
    if (![t, o, h, l, c, v].every((value) => typeof value === 'number' && Number.isFinite(value)))
      throw new Error('row');
    if (Math.abs(t) > 8.64e15) throw new Error('time');
    return [Math.floor(t / DAY), o, h, l, c, v];
  });
  if (!Array.isArray(results ?? [])) throw new Error('results');
  if (rows.length > 1 && rows[0]![0]! > rows[1]![0]!) rows.reverse();
  rows.forEach((row, index) => {
    if (index > 0 && row[0]! <= rows[index - 1]![0]!) throw new Error('order');
  });
  return rows.filter(([session]) => session! >= ALL.from && session! <= ALL.to);
}

// ─── random documents ─────────────────────────────────────────────────────────────────────────────────────────

/** Numbers of all magnitudes, in all the ways JSON may write them. */
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.integer({ min: 1, max: 1_000_000 }).map((cents) => (cents / 100).toFixed(2)),
  fc.integer().map(String),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 1, max: 30 }))
    .map(([digits, decimals]) => {
      const text = `${digits}`.padStart(decimals + 1, '0');
      return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
    }),
  fc
    .tuple(fc.nat(), fc.nat(), fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.nat({ max: 40 }))
    .map(([whole, part, letter, sign, exponent]) => `${whole}.${part}${letter}${sign}${exponent}`),
  fc.constantFrom('642646396.0', '1.0E7', '7.0790813e+07', '1e-7', '-0', '0.0', '-1.5', '9007199254740993'),
);
const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r\n  ');
const extra = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
const extraKey = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 4 })
  .filter((key) => !['ticker', 'status', 'error', 'results'].includes(key) && !/^[ohlcvt]$/.test(key));
const quoted = (key: string) =>
  fc.constantFrom(
    JSON.stringify(key),
    JSON.stringify(key),
    `"${[...key].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
  );

/** An object of members in random order, with members nobody asked for in between. */
function document(members: readonly [string, fc.Arbitrary<string>][]): fc.Arbitrary<string> {
  const known = members.map(([key, value]) => fc.tuple(quoted(key), value));
  const others = fc.array(
    fc.tuple(
      extraKey.map((key) => JSON.stringify(key)),
      extra,
    ),
    { maxLength: 2 },
  );
  return fc
    .tuple(fc.tuple(...known), others, fc.array(space, { minLength: 4, maxLength: 4 }))
    .chain(([own, foreign, [a, b, c, d]]) => {
      const all = [...own, ...foreign];
      return fc
        .shuffledSubarray(all, { minLength: all.length })
        .map(
          (shuffled) =>
            `{${a}${shuffled.map(([key, value]) => `${key}${b}:${c}${value}${d}`).join(`,${a}`)}}`,
        );
    });
}

const bodyText = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40, size: 'max' }), fc.boolean())
  .chain(([gaps, newestFirst]) => {
    let session = 15_000;
    const sessions = gaps.map((gap) => (session += gap));
    if (newestFirst) sessions.reverse();
    const rows = sessions.map((session) =>
      document([
        ...[...'ohlcv'].map((key): [string, fc.Arbitrary<string>] => [key, numberText]),
        ['t', fc.constantFrom(4, 5).map((hour) => String(session * DAY + hour * 3_600_000))],
      ]),
    );
    return document([
      ['results', fc.tuple(space, ...rows).map(([first, ...texts]) => `[${first}${texts.join(',')}]`)],
      ['ticker', fc.constant('"AAPL"')],
      ['status', fc.constantFrom('"OK"', '"DELAYED"')],
    ]);
  });

/** Whether both ways agree: the same rows bit for bit, or a failure of both. */
function agree(bytes: Uint8Array): void {
  let expected: number[][] | undefined;
  try {
    expected = plainRows(bytes);
  } catch {
    expected = undefined;
  }
  if (expected === undefined) expect(failure(() => decode([bytes]))).toBeInstanceOf(ScanError);
  else expect(decode([bytes]).rows).toStrictEqual(expected);
}

describe('decodePolygonAggregates', () => {
  test.prop([bodyText], { numRuns: 100 })('reads what JSON.parse reads, bit for bit', (text) => {
    agree(encode(text));
  });

  test.prop([bodyText, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 })], {
    numRuns: 100,
  })(
    'survives damage: it fails where JSON.parse does and reads the same where it does not',
    (text, damages) => {
      const bytes = encode(text);
      for (const [at, byte] of damages) {
        bytes[at % bytes.length] = byte;
        agree(bytes);
      }
    },
  );

  test.prop([bodyText], { numRuns: 10 })('fails on every body that breaks off', (text) => {
    const bytes = encode(text);
    for (let length = 0; length < bytes.length; length++) {
      const error = failure(() => decode([bytes.subarray(0, length)]));
      expect(error?.code).toBe(length === 0 ? 'empty-body' : 'malformed');
    }
  });

  test.prop(
    [
      fc.array(
        fc.tuple(
          fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 18, size: 'max' }),
          fc.option(fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 6, size: 'max' })),
        ),
        { minLength: 7, maxLength: 7 },
      ),
      // Where a number has them, zeros in front make it no number.
      fc.boolean(),
    ],
    { numRuns: 500 },
  )('reads rows as the provider writes them, with numbers of any length', (numbers, zerosKept) => {
    const [v, vw, o, c, h, l, n] = numbers.map(([whole, part]) => {
      const digits = zerosKept ? whole : whole.replace(/^0+(?=.)/, '');
      return part === null ? digits : `${digits}.${part || 0}`;
    });
    const row = `{"v":${v},"vw":${vw},"o":${o},"c":${c},"h":${h},"l":${l},"t":1531800000000,"n":${n}}`;
    agree(encode(`{"ticker":"AAPL","results":[${row}],"status":"OK"}`));
  });

  it('lays a compact answer out ascending, whichever way it comes', () => {
    const rows = [row(100), row(101), row(104)];
    const expected = rows.map(({ o, h, l, c, v, t }) => [Math.floor(t / DAY), o, h, l, c, v]);
    expect(decode([page({ results: rows })]).rows).toStrictEqual(expected);
    expect(decode([page({ results: rows.toReversed() })]).rows).toStrictEqual(expected);
  });

  it('joins pages, newest first', () => {
    const pages = [page({ results: [row(104), row(103)] }), page({ results: [row(102)] }), page()];
    expect(decode(pages).rows.map(([session]) => session)).toStrictEqual([102, 103, 104]);
  });

  it('takes the date of the session from New York midnight, in summer and in winter', () => {
    const summer = { ...row(0), t: Date.UTC(2018, 6, 17, 4) };
    const winter = { ...row(0), t: Date.UTC(2018, 0, 17, 5) };
    expect(
      decode([page({ results: [summer, winter] })]).rows.map(([session]) => session! * DAY),
    ).toStrictEqual([Date.UTC(2018, 0, 17), Date.UTC(2018, 6, 17)]);
  });

  it('keeps the newest bars of the range, and says where older ones were left out', () => {
    const rows = [row(105), row(104), row(103), row(102)];
    const cut = (history: Partial<History>, extra = {}) => {
      const { flags, rows: kept } = decode([page({ results: rows, ...extra })], { ...ALL, ...history });
      return [kept.map(([session]) => session), flags & FLAG_OLDER_EXIST];
    };
    expect(cut({})).toStrictEqual([[102, 103, 104, 105], 0]);
    expect(cut({ bars: 4 })).toStrictEqual([[102, 103, 104, 105], 0]);
    expect(cut({ bars: 2 })).toStrictEqual([[104, 105], FLAG_OLDER_EXIST]);
    expect(cut({ to: 104 })).toStrictEqual([[102, 103, 104], 0]);
    expect(cut({ to: 103, bars: 1 })).toStrictEqual([[103], FLAG_OLDER_EXIST]);
    expect(cut({ from: 104 })).toStrictEqual([[104, 105], FLAG_OLDER_EXIST]);
    expect(cut({ from: 106 })).toStrictEqual([[], FLAG_OLDER_EXIST]);
    expect(cut({ to: 101 })).toStrictEqual([[], 0]);
    expect(cut({}, { next_url: 'https://x.example/next' })).toStrictEqual([
      [102, 103, 104, 105],
      FLAG_OLDER_EXIST,
    ]);
    expect(cut({}, { next_url: null })).toStrictEqual([[102, 103, 104, 105], 0]);
  });

  it('counts a next page of the last page only, and not where rows ascend', () => {
    const next = { next_url: 'https://x.example/next' };
    const older = ({ flags }: { flags: number }) => flags & FLAG_OLDER_EXIST;
    expect(older(decode([page({ results: [row(3)], ...next }), page({ results: [row(2)] })]))).toBe(0);
    expect(older(decode([page({ results: [row(2), row(3)], ...next })]))).toBe(0);
  });

  it('carries the range asked for, and the adjustment where every page has it', () => {
    const history = { from: 90, to: 110, bars: 5 };
    expect(decode([page({ results: [row(100)] })], history)).toMatchObject({
      from: 90,
      to: 110,
      flags: FLAG_SPLIT_ADJUSTED,
    });
    expect(decode([page({ results: [row(100)] }), page({ adjusted: false })], history).flags).toBe(0);
    expect(decode([page({ adjusted: 'true' })], history).flags).toBe(FLAG_SPLIT_ADJUSTED);
  });

  it.each([
    ['no results', [page()]],
    ['results that are null', [page({ results: null, resultsCount: 0 })]],
    ['results that are empty', [page({ results: [] })]],
    ['no page at all', []],
  ])('reads %s as a series without bars', (_, pages) => {
    expect(decode(pages).rows).toStrictEqual([]);
  });

  it.each<[string, SymbolErrorCode, Uint8Array]>([
    ['nothing', 'empty-body', encode('')],
    ['white space', 'empty-body', encode(' \n\t ')],
    ['a page of HTML', 'not-json', encode('<html><body>Bad gateway</body></html>')],
    ['a list', 'not-json', encode('[]')],
    ['more behind the end', 'malformed', encode('{"ticker":"AAPL","status":"OK"} x')],
    ['an empty object', 'malformed', encode('{}')],
    ['an answer without ticker', 'malformed', encode('{"status":"OK"}')],
    ['an answer without status', 'malformed', encode('{"ticker":"AAPL"}')],
    ['results that are no list', 'malformed', page({ results: 7 })],
    ['a row that is no object', 'malformed', page({ results: [7] })],
    ['an empty row', 'malformed', page({ results: [{}] })],
    ['a row without volume', 'malformed', page({ results: [{ ...row(1), v: undefined }] })],
    ['a price that is null', 'malformed', page({ results: [{ ...row(1), c: null }] })],
    ['a price that is text', 'malformed', page({ results: [{ ...row(1), c: '7' }] })],
    [
      'a price beyond all doubles',
      'bad-bars',
      encode('{"results":[{"o":1,"h":1,"l":1,"c":1e999,"v":1,"t":1}]}'),
    ],
    ['a time beyond all dates', 'bad-bars', page({ results: [{ ...row(1), t: 1e300 }] })],
    ['a session twice', 'bad-bars', page({ results: [row(3), row(2), row(2)] })],
    ['no order', 'bad-bars', page({ results: [row(3), row(2), row(4)] })],
    ['another symbol', 'wrong-symbol', page({ ticker: 'MSFT' })],
    ['another case', 'wrong-symbol', page({ ticker: 'aapl' })],
    ['status ERROR', 'provider-error', page({ status: 'ERROR' })],
    ['status NOT_FOUND', 'provider-error', page({ status: 'NOT_FOUND', message: 'Data not found.' })],
    ['an error beside an OK', 'provider-error', page({ error: 'Too many requests' })],
    ['an error alone', 'provider-error', encode('{"error":"Too many requests"}')],
    [
      'status NOT_AUTHORIZED',
      'unauthorized',
      encode('{"status":"NOT_AUTHORIZED","message":"Upgrade your plan"}'),
    ],
    ['nesting without end', 'malformed', encode(`{"x":${'['.repeat(100_000)}`)],
  ])('fails on %s as %s', (_, code, bytes) => {
    const error = failure(() => decode([bytes]));
    expect([error?.code, error?.stage]).toStrictEqual([code, 'decode']);
  });

  it('quotes the provider on one line, shortened', () => {
    const error = failure(() => decode([page({ status: 'ERROR', error: `Too\nmany ${'x'.repeat(500)}` })]));
    expect(error?.message).toContain('ERROR: Too many xxx');
    expect(error?.message.length).toBeLessThan(260);
  });

  it('compares symbols as canonical text', () => {
    expect(decode([page({ ticker: 'BRK.B' })], ALL, 'BRK.B').rows).toStrictEqual([]);
    expect(decode([encode('{"ticker":"BRK\\u002eB","status":"OK"}')], ALL, 'BRK.B').rows).toStrictEqual([]);
  });

  it('starts clean after a failure and after a longer body', () => {
    const long = page({ results: Array.from({ length: 2000 }, (_, index) => row(5000 - index)) });
    expect(decode([long]).rows.length).toBe(2000);
    expect(failure(() => decode([long.subarray(0, 5000)]))?.code).toBe('malformed');
    expect(decode([page({ results: [row(7)] })]).rows).toStrictEqual([[7, 7, 9, 5, 8, 1007]]);
  });

  it.skipIf(!existsSync(RECORDED))('reads the recorded answers of the real service', () => {
    const names = readdirSync(RECORDED).filter((name) => name.startsWith('aggs-'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const recorded = JSON.parse(readFileSync(`${RECORDED}${name}`, 'utf8')) as {
        response: { body: object };
      };
      const bytes = encode(JSON.stringify(recorded.response.body, null, 1));
      const { rows, flags } = decode([bytes]);
      expect(rows).toStrictEqual(plainRows(bytes));
      expect(rows.length).toBeGreaterThan(0);
      expect(flags).toBe(FLAG_SPLIT_ADJUSTED);
    }
  });
});
