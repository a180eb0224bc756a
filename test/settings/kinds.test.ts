import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { SETTING_ROWS } from '../../src/config.ts';
import { parseSession } from '../../src/session.ts';
import {
  choice,
  date,
  decimal,
  duration,
  flag,
  httpUrl,
  integer,
  integerOr,
  type Kind,
  namedNumber,
  size,
  text,
} from '../../src/settings/kinds.ts';

/** A kind, values of it, and texts that are none. */
interface Case<T> {
  readonly kind: Kind<T>;
  readonly values: fc.Arbitrary<T>;
  readonly refused: readonly string[];
}

function kindCase<T>(kind: Kind<T>, values: fc.Arbitrary<T>, refused: readonly string[]): Case<unknown> {
  return { kind, values, refused } as Case<unknown>;
}

const finite = { noNaN: true, noDefaultInfinity: true } as const;

const CASES: Readonly<Record<string, Case<unknown>>> = {
  text: kindCase(text(), fc.string({ minLength: 1, maxLength: 60, size: 'max' }), ['']),
  integer: kindCase(integer(-5, 5000), fc.integer({ min: -5, max: 5000 }), [
    '',
    ' 1',
    '1 ',
    '1.0',
    '1e2',
    '0x10',
    '-6',
    '5001',
    '1_000',
    'NaN',
    '+1',
    '٣',
    '99999999999999999999',
  ]),
  decimal: kindCase(
    decimal(0, 1e12),
    // Zero has one spelling.
    fc.double({ min: 0, max: 1e12, ...finite }).map((value) => value + 0),
    ['', '-1', '.5', '5.', '1,5', '1e', '1e13', 'Infinity', 'NaN', '0x1', '1 2'],
  ),
  integerOr: kindCase(
    integerOr('auto', 0, 64),
    fc.oneof(fc.constant('auto' as const), fc.integer({ min: 0, max: 64 })),
    ['', 'Auto', '65', '-1', '1.5'],
  ),
  choice: kindCase(choice(['csv', 'json']), fc.constantFrom('csv', 'json'), [
    '',
    'CSV',
    'toString',
    'csv,json',
  ]),
  namedNumber: kindCase(
    namedNumber(['trend', 'base']),
    fc.tuple(
      fc.constantFrom('trend', 'base'),
      fc.double(finite).map((value) => value + 0),
    ),
    ['', 'trend', 'trend=', '=1', 'other=1', 'trend=x', 'trend=1=2', 'trend=1e999', 'trend=NaN', 'trend= 1'],
  ),
  flag: kindCase(flag, fc.boolean(), ['', 'on', 'tru', '2', 'constructor', '__proto__']),
  duration: kindCase(
    duration('10ms', '24h'),
    fc.oneof(
      fc.integer({ min: 10, max: 86_400_000 }),
      fc.constantFrom(1000, 60_000, 3_600_000, 90_000, 86_400_000),
    ),
    ['', '10', '9ms', '25h', '1d', '-5s', '1 s', '5S', '1e3ms', '.5s', 's'],
  ),
  size: kindCase(
    size(16 * 2 ** 20),
    fc.oneof(
      fc.integer({ min: 16 * 1024, max: 2 ** 31 }).map((kilobytes) => kilobytes * 1024),
      fc.constantFrom(16 * 2 ** 20, 2 ** 30, 4 * 2 ** 30),
    ),
    ['', '64', '15MB', '1.5GB', '64M', '1TB', '-64MB', '64 MB'],
  ),
  date: kindCase(date, fc.integer({ min: parseSession('0001-01-01'), max: parseSession('9999-12-31') }), [
    '',
    '2026-2-3',
    '2026-02-30',
    '2026-13-01',
    '20260203',
    '2026-02-03T00:00',
    'yesterday',
  ]),
  httpUrl: kindCase(httpUrl, fc.webUrl({ size: 'large', withQueryParameters: false, withFragments: false }), [
    '',
    'api.polygon.io',
    'ftp://a',
    'file:///a',
    'http://',
    'https://u@a',
    'https://u:p@a',
    'https://a?key=1',
  ]),
};

describe.each(Object.entries(CASES))('the kind %s', (_name, { kind, values, refused }) => {
  test.prop([values], { numRuns: 300 })('reads back every value that it writes', (value) => {
    expect(kind.parse(kind.format(value))).toEqual(value);
  });

  it.each(refused)('refuses `%s`', (given) => {
    expect(kind.parse(given)).toBeUndefined();
  });

  it('says what it expects', () => {
    expect(kind.expected).toMatch(/\S/);
  });
});

describe('durations and sizes', () => {
  const times = duration('10ms', '24h');
  it.each([
    ['500ms', 500, '500ms'],
    ['1.5s', 1500, '1500ms'],
    ['60s', 60_000, '1m'],
    ['0.5h', 1_800_000, '30m'],
  ])('reads the time %s as %i ms and shows it as %s', (given, ms, shown) => {
    expect([times.parse(given), times.format(ms)]).toEqual([ms, shown]);
  });

  it.each([
    ['64mb', 67_108_864, '64MB'],
    ['1024MB', 1_073_741_824, '1GB'],
    ['16385KB', 16_778_240, '16385KB'],
  ])('reads the size %s as %i bytes and shows it as %s', (given, bytes, shown) => {
    const sizes = size(16 * 2 ** 20);
    expect([sizes.parse(given), sizes.format(bytes)]).toEqual([bytes, shown]);
  });
});

describe('the table of settings', () => {
  it.each(SETTING_ROWS.filter(([, setting]) => setting.default !== undefined))(
    'has a default of its kind for %s',
    (_name, setting) => {
      expect(setting.kind.parse(setting.kind.format(setting.default))).toEqual(setting.default);
    },
  );
});
