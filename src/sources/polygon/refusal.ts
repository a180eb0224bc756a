import { ScanError } from '../../errors.ts';
import type { HttpAnswer } from '../http-get.ts';
import { PlanLimitError, planLimitOf } from './plan-limit-error.ts';

const MAX_WORDS = 200;

/** Any other status than 200 as the failure it means, with the provider's own words but never the key. */
export function refusal({ status, headers, body }: HttpAnswer, key: string | undefined): ScanError {
  const said = readBody(body);
  const words = key ? said.words.replaceAll(key, '[key]') : said.words;
  const message = `Status ${status}${words === '' ? '' : `: ${words.slice(0, MAX_WORDS)}`}`;
  const options = { stage: 'fetch', retryAfterMs: retryAfter(headers['retry-after']) } as const;
  if (status === 429) return new ScanError('rate-limited', message, options);
  // A key that is wrong or missing is an ERROR.
  if (status === 403 && said.status === 'NOT_AUTHORIZED') {
    return new PlanLimitError(planLimitOf(words), message);
  }
  if (status === 401 || status === 403) return new ScanError('unauthorized', message, { stage: 'fetch' });
  if (status === 408) return new ScanError('timed-out', message, options);
  if (status >= 500) return new ScanError('server-error', message, options);
  return new ScanError('unexpected-status', message, { stage: 'fetch' });
}

/** What the provider says, where its body is one of its own. */
function readBody(body: Uint8Array): { readonly status?: unknown; readonly words: string } {
  try {
    const said = JSON.parse(new TextDecoder().decode(body)) as {
      readonly status?: unknown;
      readonly error?: unknown;
      readonly message?: unknown;
    };
    const words = said.error ?? said.message;
    return { status: said.status, words: typeof words === 'string' ? words.replace(/\p{Cc}+/gu, ' ') : '' };
  } catch {
    return { words: '' };
  }
}

/** Milliseconds of a `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
