import { describe, expect, it } from 'vitest';
import { askedWait } from '../../src/sources/asked-wait.ts';

const now = Date.parse('2026-03-02T15:00:00Z');
const seconds = now / 1000;
const date = 'Mon, 02 Mar 2026 14:59:30 GMT';

describe('askedWait', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['no time', { 'retry-after': '0' }, 0],
    ['a date', { 'retry-after': 'Mon, 02 Mar 2026 15:00:20 GMT' }, 20_000],
    ['a date by a clock that is slow', { 'retry-after': 'Mon, 02 Mar 2026 15:00:20 GMT', date }, 50_000],
    ['a reset', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${seconds + 12}` }, 12_000],
    [
      'a reset by a slow clock',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${seconds}`, date },
      30_000,
    ],
    ['a reset in seconds from now', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' }, 60_000],
    ['a reset that is over', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${seconds - 5}` }, 0],
    [
      'both',
      { 'retry-after': '3', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${seconds + 12}` },
      3000,
    ],
    [
      'nonsense and a reset',
      { 'retry-after': 'soon', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4' },
      4000,
    ],
  ])('hears %s', (_, headers, ms) => {
    expect(askedWait(headers, now)).toBe(ms);
  });

  it.each([
    ['nothing', {}],
    ['calls that are left', { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': `${seconds + 12}` }],
    ['no reset', { 'x-ratelimit-remaining': '0' }],
    ['less than no time', { 'retry-after': '-5' }],
    ['nonsense', { 'retry-after': 'soon' }],
    ['a date that is over', { 'retry-after': date }],
    ['a header twice', { 'retry-after': ['1', '2'] }],
  ])('takes %s for no wish', (_, headers) => {
    expect(askedWait(headers, now)).toBeUndefined();
  });
});
