import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ScanError, type SymbolErrorCode } from '../../../src/errors.ts';
import { symbolAt, viewMarketDay } from '../../../src/market-day.ts';
import { FLAG_SPLIT_ADJUSTED } from '../../../src/series.ts';
import { decodePolygonGrouped } from '../../../src/workers/decoders/polygon-grouped.ts';

const DAY = 86_400_000;
const SESSION = 17_729;
const CLOSE = SESSION * DAY + 20 * 3_600_000;

const encode = (text: string) => new TextEncoder().encode(text);
const page = (extra: object = {}) => encode(JSON.stringify({ adjusted: false, status: 'OK', ...extra }));
const row = (symbol: unknown, price = 10, extra: object = {}) => ({
  T: symbol,
  v: 1000.5,
  vw: price,
  o: price,
  c: price + 1,
  h: price + 2,
  l: price - 2,
  t: CLOSE,
  n: 12,
  ...extra,
});

type Plain = readonly [string, number, number, number, number, number];

function decode(body: Uint8Array) {
  const { bytes, doubled, unusable } = decodePolygonGrouped([body], SESSION);
  const day = viewMarketDay(bytes);
  const rows = Array.from(
    { length: day.rows },
    (_, index): Plain => [
      symbolAt(day, index),
      day.open[index]!,
      day.high[index]!,
      day.low[index]!,
      day.close[index]!,
      day.volume[index]!,
    ],
  );
  return { rows, doubled, unusable, flags: day.flags, session: day.session };
}

const namesOf = (body: Uint8Array) => decode(body).rows.map(([name]) => name);

function failure(run: () => unknown): ScanError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof ScanError) return error;
    throw error;
  }
  return undefined;
}

/** The same by way of objects; throws anything where it should fail. */
function plain(body: Uint8Array): { rows: Plain[]; doubled: number; unusable: number } {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  const { status, error, results } = JSON.parse(text) as Record<string, unknown>;
  if ((error ?? undefined) !== undefined || (status !== 'OK' && status !== 'DELAYED'))
    throw new Error('refused');
  if (!Array.isArray(results ?? [])) throw new Error('results');
  const bars = new Map<string, Plain>();
  let usable = 0;
  let unusable = 0;
  for (const row of (results ?? []) as Record<string, unknown>[]) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new Error('row');
    const { T: name, o, h, l, c, v, t } = row;
    const isNamed = typeof name === 'string' && /^[!-~]{1,32}$/.test(name);
    const isNumber = [o, h, l, c, v, t].every((value) => typeof value === 'number' && Number.isFinite(value));
    const since = (t as number) - SESSION * DAY;
    if (!isNamed || !isNumber || since < 0 || since >= 30 * 3_600_000) {
      unusable++;
      continue;
    }
    usable++;
    bars.set(name as string, [name, o, h, l, c, v] as Plain);
  }
  if (usable === 0 && unusable > 0) throw new Error('no bar');
  const rows = [...bars.values()].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return { rows, doubled: usable - rows.length, unusable };
}

/** Whether both ways agree: the same rows bit for bit, or a failure of both. */
function agree(body: Uint8Array): void {
  let expected: ReturnType<typeof plain> | undefined;
  try {
    expected = plain(body);
  } catch {
    expected = undefined;
  }
  if (expected === undefined) {
    expect(failure(() => decode(body))).toBeInstanceOf(ScanError);
    return;
  }
  const { rows, doubled, unusable } = decode(body);
  expect({ rows, doubled, unusable }).toStrictEqual(expected);
}

// ─── random documents ─────────────────────────────────────────────────────────────────────────────────────────

const numberText = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: 0, max: 10_000_000 }).map((cents) => String(cents / 100)) },
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '2.5933E+04',
    '1.0E7',
    '-0',
    '0.0',
    '1e-7',
    '9007199254740993',
    '123456789012345678',
    '1e999',
  ),
);
const badValue = fc.constantFrom('null', '"7"', '[1]', '{"a":1}', 'true');
const time = fc
  .constantFrom(CLOSE, CLOSE - 3_600_000, CLOSE + 8 * 3_600_000, CLOSE - DAY, CLOSE + DAY)
  .map(String);
const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .string({ unit: fc.constantFrom('A', 'B', 'C', 'p', '.'), minLength: 1, maxLength: 5 })
      .map((text) => JSON.stringify(text)),
  },
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary', maxLength: 3 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"\\u0041\\u00e9"',
    '"\\u0041"',
    '"\\u0041\\u0042"',
    '"A\\u0000"',
    '"A B"',
    '""',
    '7',
    'null',
    `"${'X'.repeat(33)}"`,
    '"\\ud800A"',
  ),
);
const member = fc.constantFrom('T', 'o', 'h', 'l', 'c', 'v', 't', 'vw', 'n', 'otc', 'z').chain((key) => {
  const value = key === 'T' ? name : key === 't' ? time : fc.oneof(numberText, badValue);
  return value.map((text) => `"${key}":${text}`);
});
/** A row as it comes, now and then with a member too many, twice, or of another kind; members in any order. */
const rowText = fc
  .tuple(
    name,
    time,
    fc.array(numberText, { minLength: 6, maxLength: 6 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(member, { maxLength: 3 })),
    fc.constantFrom('', '', '', ' ', '\n\t'),
    fc.boolean(),
  )
  .chain(([T, t, [o, h, l, c, v, vw], more, space, isShuffled]) => {
    const known = [
      `"T":${T}`,
      `"v":${v}`,
      `"vw":${vw}`,
      `"o":${o}`,
      `"c":${c}`,
      `"h":${h}`,
      `"l":${l}`,
      `"t":${t}`,
    ];
    const all = [...known, ...more];
    const order = isShuffled ? fc.shuffledSubarray(all, { minLength: all.length - 1 }) : fc.constant(all);
    return order.map((members) => `{${space}${members.join(`${space},${space}`)}${space}}`);
  });
const bodyText = fc
  .tuple(fc.array(rowText, { maxLength: 40, size: 'max' }), fc.boolean())
  .map(([rows, first]) =>
    first
      ? `{"results":[${rows.join(',')}],"queryCount":${rows.length},"status":"OK","adjusted":false}`
      : `{"status":"DELAYED","results": [${rows.join(' , ')}]}`,
  );

describe('decodePolygonGrouped', () => {
  test.prop([bodyText], { numRuns: 400, endOnFailure: true })(
    'reads what JSON.parse reads, bit for bit',
    (text) => {
      agree(encode(text));
    },
  );

  test.prop([bodyText, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 })], {
    numRuns: 300,
    // What is found is small enough to read; to shrink it takes minutes.
    endOnFailure: true,
  })(
    'survives damage: it fails where JSON.parse does and reads the same where it does not',
    (text, damages) => {
      const bytes = encode(text);
      for (const [at, byte] of damages) bytes[at % bytes.length] = byte;
      agree(bytes);
    },
  );

  test.prop([bodyText], { numRuns: 5 })('fails on every body that breaks off', (text) => {
    const bytes = encode(text);
    for (let length = 0; length < bytes.length; length++) {
      const error = failure(() => decode(bytes.subarray(0, length)));
      expect(error?.code).toBe(length === 0 ? 'empty-body' : 'malformed');
    }
  });

  it('sorts what comes in any order, and keeps fractions of shares', () => {
    expect(decode(page({ results: [row('B', 20), row('AAA', 30), row('A', 10)] }))).toEqual({
      rows: [
        ['A', 10, 12, 8, 11, 1000.5],
        ['AAA', 30, 32, 28, 31, 1000.5],
        ['B', 20, 22, 18, 21, 1000.5],
      ],
      doubled: 0,
      unusable: 0,
      flags: 0,
      session: SESSION,
    });
  });

  it('tells symbols apart by case, and puts capitals first', () => {
    expect(namesOf(page({ results: [row('ABRpD'), row('ABRPD'), row('abr')] }))).toEqual([
      'ABRPD',
      'ABRpD',
      'abr',
    ]);
  });

  it('takes the last of two rows for one symbol, and counts', () => {
    const results = [row('B', 1), row('A', 2), row('B', 3), row('B', 4)];
    const { rows, doubled } = decode(page({ results }));
    expect([rows.map(([symbol, open]) => [symbol, open]), doubled]).toEqual([
      [
        ['A', 2],
        ['B', 4],
      ],
      2,
    ]);
  });

  it('keeps prices that are wrong and numbers all the same', () => {
    const results = [row('A', 10, { o: -1 }), row('B', 10, { h: 0 }), row('C', 10, { v: -3 })];
    expect(decode(page({ results })).rows).toEqual([
      ['A', -1, 12, 8, 11, 1000.5],
      ['B', 10, 0, 8, 11, 1000.5],
      ['C', 10, 12, 8, 11, -3],
    ]);
  });

  it('leaves out rows that are no bars, and no others', () => {
    const results = [
      row('A'),
      row('B', 1, { c: null }),
      row('C', 1, { c: '1' }),
      row('D', 1, { v: undefined }),
      row('E', 1, { t: CLOSE - DAY }),
      row(undefined),
      row(7),
      row(''),
      row('A B'),
      row('ÄRO'),
      {},
      row('Z'),
    ];
    const { rows, unusable } = decode(page({ results }));
    expect([rows.map(([symbol]) => symbol), unusable]).toEqual([['A', 'Z'], 10]);
    const endless = '{"status":"OK","results":[{"T":"A","o":1e999,"h":1,"l":1,"c":1,"v":1,"t":1},';
    expect(namesOf(encode(`${endless}${JSON.stringify(row('B'))}]}`))).toEqual(['B']);
  });

  it('has the flag of what the body says of itself', () => {
    expect(decode(page({ results: [row('A')], adjusted: true })).flags).toBe(FLAG_SPLIT_ADJUSTED);
    expect(decode(page({ results: [row('A')], status: 'DELAYED' })).flags).toBe(0);
  });

  it.each([
    ['without results', page({ resultsCount: 0 })],
    ['with results that are null', page({ results: null })],
    ['with no results in a list', page({ results: [] })],
  ])('takes an answer %s for a day without rows', (_, body) => {
    expect(decode(body)).toMatchObject({ rows: [], unusable: 0, session: SESSION });
  });

  it('takes the last results where there are two', () => {
    const results = [
      `"results":${JSON.stringify([row('A'), {}])}`,
      `"results":${JSON.stringify([row('B')])}`,
    ];
    expect(decode(encode(`{"status":"OK",${results}}`))).toMatchObject({
      rows: [['B', 10, 12, 8, 11, 1000.5]],
      unusable: 0,
    });
  });

  it('takes the last symbol of a row where there are two', () => {
    const twice = (last: string) =>
      encode(
        `{"status":"OK","results":[${JSON.stringify(row('A')).replace('}', `,"T":${last}}`)},${JSON.stringify(row('C'))}]}`,
      );
    expect(namesOf(twice('"B"'))).toEqual(['B', 'C']);
    expect(namesOf(twice('7'))).toEqual(['C']);
  });

  it('takes no other text for the symbol', () => {
    expect(namesOf(page({ results: [row('A', 1, { x: 'B', zz: 'C' }), { S: 'D', ...row('E') }] }))).toEqual([
      'A',
      'E',
    ]);
  });

  it('compares symbols to their ends, whatever is written there', () => {
    const text = JSON.stringify({ status: 'OK', results: [row('B'), row('A!'), row('A'), row('#')] });
    // The escape leaves its own letters behind the symbol.
    expect(namesOf(encode(text.replace('"#"', '"\\u0041\\u0042"')))).toEqual(['A', 'A!', 'AB', 'B']);
  });

  it('forgets the body before', () => {
    decode(page({ results: Array.from({ length: 2000 }, (_, index) => row(`S${index}`)) }));
    expect(failure(() => decode(page({ results: [row('A')] }).subarray(0, 90)))?.code).toBe('malformed');
    expect(namesOf(page({ results: [row('A')] }))).toEqual(['A']);
  });

  it.each<[string, SymbolErrorCode, Uint8Array]>([
    ['nothing', 'empty-body', encode('')],
    ['a page of HTML', 'not-json', encode('<html><body>Bad gateway</body></html>')],
    ['a list', 'not-json', encode('[]')],
    ['more behind the end', 'malformed', encode('{"status":"OK"} x')],
    ['an answer without status', 'malformed', encode('{}')],
    ['results that are no list', 'malformed', page({ results: 7 })],
    ['a row that is no object', 'malformed', page({ results: [7] })],
    ['an error with status 200', 'provider-error', page({ status: 'ERROR', error: 'Too many requests' })],
    ['an error beside an OK', 'provider-error', page({ error: 'Too many requests' })],
    ['a plan without it', 'unauthorized', page({ status: 'NOT_AUTHORIZED', message: 'Upgrade' })],
    ['nothing but rows of another day', 'bad-bars', page({ results: [row('A', 1, { t: CLOSE + DAY })] })],
    ['nothing but rows that are no bars', 'bad-bars', page({ results: [{}] })],
  ])('fails on %s as %s', (_, code, body) => {
    const error = failure(() => decode(body));
    expect([error?.code, error?.stage]).toEqual([code, 'decode']);
  });
});
