import { ScanError, SYMBOL_ERRORS, type SymbolErrorCode } from '../errors.ts';
import { askedWait } from './asked-wait.ts';
import type { HttpAnswer } from './http-get.ts';

/** Characters of the provider's words that a message has room for. */
export const MAX_WORDS = 200;

/** A status other than 200. */
export class RefusalError extends ScanError {
  readonly status: number;
  /** The provider's explanation; empty where it gave none. */
  readonly words: string;

  /** `words`: on one line, without secrets. `headers`: what may say how long to wait, where asking again may help. */
  constructor(status: number, words: string, headers: HttpAnswer['headers']) {
    const code = codeOf(status);
    super(code, words === '' ? `Status ${status}` : `Status ${status}: ${words.slice(0, MAX_WORDS)}`, {
      stage: 'fetch',
      retryAfterMs: SYMBOL_ERRORS[code].retryable ? waitOf(status, headers) : undefined,
    });
    this.status = status;
    this.words = words;
  }
}

function codeOf(status: number): SymbolErrorCode {
  if (status === 429) return 'rate-limited';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 408) return 'timed-out';
  return status >= 500 ? 'server-error' : 'unexpected-status';
}

function waitOf(status: number, headers: HttpAnswer['headers']): number | undefined {
  // Who answers that it was too much need not say that nothing is left.
  return askedWait(status === 429 ? { ...headers, 'x-ratelimit-remaining': '0' } : headers);
}
