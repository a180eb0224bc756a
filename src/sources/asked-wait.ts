type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Beyond that many seconds a reset is no duration but a time: some services say one, some the other. */
const LONGEST_SECONDS = 1e8;

/**
 * Milliseconds that a provider asks to wait before the next call, by the headers of its answer; `undefined` where it
 * asks for nothing.
 *
 * `Retry-After` in seconds or as a date (RFC 9110, 10.2.3) comes first; then `X-RateLimit-Reset` (Unix seconds, or
 * seconds from now), where `X-RateLimit-Remaining` is 0. Times are compared with the `Date` of the answer: its clock
 * and ours need not agree.
 */
export function askedWait(headers: Headers, now: number = Date.now()): number | undefined {
  const theirNow = timeOf(headers.date) ?? now;
  const after = text(headers['retry-after']);
  if (after !== undefined) {
    const seconds = Number(after);
    const ms = Number.isFinite(seconds) ? seconds * 1000 : (timeOf(after) ?? Number.NaN) - theirNow;
    if (Number.isFinite(ms) && ms >= 0) return ms;
  }
  if (text(headers['x-ratelimit-remaining']) !== '0') return undefined;
  const reset = Number(text(headers['x-ratelimit-reset']) ?? Number.NaN);
  const ms = reset > LONGEST_SECONDS ? reset * 1000 - theirNow : reset * 1000;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function text(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function timeOf(value: string | string[] | undefined): number | undefined {
  const time = Date.parse(text(value) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
