import { describe, expect, it } from 'vitest';
import {
  bytesText,
  countText,
  durationText,
  rateText,
  shareText,
} from '../../../src/commands/top/quantities.ts';

describe('numbers at a glance', () => {
  it.each([
    [0, '0'],
    [1234.4, '1,234'],
  ])('write the count %d as %s', (value, text) => expect(countText(value)).toBe(text));

  it.each([
    [0, '0/s'],
    [0.25, '0.3/s'],
    [9.94, '9.9/s'],
    [9.96, '10/s'],
    [12_345, '12,345/s'],
  ])('write the rate %d as %s', (value, text) => expect(rateText(value)).toBe(text));

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9960, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [412e6, '412 MB'],
    [1.5e9, '1.5 GB'],
    [3e15, '3000 TB'],
  ])('write %d bytes as %s', (value, text) => expect(bytesText(value)).toBe(text));

  it.each([
    [0, '0 ms'],
    [0.9994, '999 ms'],
    [0.9996, '1.0 s'],
    [59.94, '59.9 s'],
    [59.96, '1 min 00 s'],
    [3599.4, '59 min 59 s'],
    [3599.6, '1 h 00 min'],
    [86_399, '23 h 59 min'],
    [200_000, '2 d 7 h'],
  ])('write %d seconds as %s', (value, text) => expect(durationText(value)).toBe(text));

  it.each([
    [null, 'none'],
    [0.934, '93 %'],
  ])('write the part %s as %s', (value, text) => expect(shareText(value)).toBe(text));
});
