import { describe, expect, it } from 'vitest';
import { RefusalError } from '../../src/sources/refusal-error.ts';

const waitOf = (status: number, headers: Record<string, string>) =>
  new RefusalError(status, '', headers).retryAfterMs;

describe('a refusal', () => {
  it.each([408, 429, 500, 503])('says how long to wait with status %i', (status) => {
    expect(waitOf(status, { 'retry-after': '3' })).toBe(3000);
    expect(waitOf(status, {})).toBeUndefined();
  });

  it.each([302, 400, 401, 403, 404])('of status %i is no matter of waiting', (status) => {
    expect(waitOf(status, { 'retry-after': '3' })).toBeUndefined();
  });

  it('of too many calls waits for the end of the period, whatever is left of it', () => {
    const reset = { 'x-ratelimit-reset': '7' };
    expect(waitOf(429, reset)).toBe(7000);
    expect(waitOf(429, { ...reset, 'x-ratelimit-remaining': '1' })).toBe(7000);
    expect(waitOf(500, reset)).toBeUndefined();
    expect(waitOf(500, { ...reset, 'x-ratelimit-remaining': '0' })).toBe(7000);
  });

  it('shows the start of the words and keeps them', () => {
    const words = 'x'.repeat(300);
    const refusal = new RefusalError(400, words, {});
    expect(refusal.message).toBe(`Status 400: ${'x'.repeat(200)}`);
    expect(refusal.words).toBe(words);
  });
});
