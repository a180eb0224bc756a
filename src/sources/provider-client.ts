import type { Pool } from 'undici';
import { ScanError, type SymbolErrorCode } from '../errors.ts';
import type { Traffic } from '../types.ts';
import { type HttpAnswer, httpGet } from './http-get.ts';

const MAX_WORDS = 200;

/** Asked before every request, and told of every answer. */
export interface RequestLimiter {
  take(signal: AbortSignal): Promise<void> | void;
  tell?(status: number, headers: HttpAnswer['headers']): void;
}

export interface ProviderClientOptions {
  /** Base URL; a path in it goes before every path. */
  readonly url: string;
  /** Sent with every request, to the origin of `url` and nowhere else. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What no message may contain. */
  readonly secrets?: readonly string[];
  readonly limiter?: RequestLimiter | undefined;
  /** Requests that can be under way at once. @default 16 */
  readonly connections?: number | undefined;
  /** Milliseconds for connecting, for the headers, and between two pieces of a body. @default 10_000 */
  readonly timeoutMs?: number | undefined;
}

export interface ProviderClient {
  /** Where it asks, without credentials. */
  readonly base: string;
  readonly traffic: Traffic;
  /** One GET of JSON. Failure: a `ScanError`; a `RefusalError` for any other status than 200. */
  getJson(path: string, maxBytes: number, signal: AbortSignal): Promise<unknown>;
  /** A failure with the provider's own words: on one line, shortened, without secrets. */
  failure(code: SymbolErrorCode, words: string): ScanError;
  close(): Promise<void>;
}

/** A status other than 200. */
export class RefusalError extends ScanError {
  readonly status: number;
  /** The provider's explanation; empty where it gave none. */
  readonly words: string;

  constructor(status: number, words: string, retryAfterMs: number | undefined) {
    super(codeOf(status), words === '' ? `Status ${status}` : `Status ${status}: ${words}`, {
      stage: 'fetch',
      retryAfterMs,
    });
    this.status = status;
    this.words = words;
  }
}

/**
 * A client of one provider's JSON service: a pool that is opened with the first request, a limiter before each one, and
 * failures told apart.
 *
 * Holds: one body for each request under way.
 */
export function createProviderClient({
  url,
  headers = {},
  secrets = [],
  limiter,
  connections = 16,
  timeoutMs = 10_000,
}: ProviderClientOptions): ProviderClient {
  const { origin, pathname, hostname } = new URL(url);
  const prefix = pathname.replace(/\/$/, '');
  const sent: Record<string, string> = { accept: 'application/json', ...headers };
  // Unzipping costs more than a loopback saves.
  if (!isLoopback(hostname)) sent['accept-encoding'] = 'gzip';
  const traffic = { calls: 0, bytes: 0 };
  let opening: Promise<Pool> | undefined;
  const open = async () => {
    const undici = await import('undici');
    return new undici.Pool(origin, {
      connections,
      connect: { timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      // One connection carries one request: HTTP/2 streams would escape the bound.
      allowH2: false,
    });
  };

  const plain = (words: string) => {
    let text = words;
    for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '[key]');
    return text.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_WORDS);
  };
  const admitted = async (signal: AbortSignal) => {
    try {
      await limiter?.take(signal);
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new ScanError('timed-out', 'The call was cut off', { stage: 'fetch', cause });
    }
  };

  return {
    base: origin + prefix,
    traffic,
    async getJson(path, maxBytes, signal) {
      opening ??= open();
      const pool = await opening;
      await admitted(signal);
      traffic.calls++;
      const answer = await httpGet(pool, prefix + path, { headers: sent, maxBytes, signal });
      traffic.bytes += answer.wireBytes;
      limiter?.tell?.(answer.status, answer.headers);
      if (answer.status !== 200) {
        throw new RefusalError(answer.status, plain(wordsOf(answer.body)), retryAfter(answer));
      }
      return parse(answer.body);
    },
    failure: (code, words) => new ScanError(code, plain(words), { stage: 'fetch' }),
    async close() {
      await (await opening)?.destroy();
    },
  };
}

function codeOf(status: number): SymbolErrorCode {
  if (status === 429) return 'rate-limited';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 408) return 'timed-out';
  return status >= 500 ? 'server-error' : 'unexpected-status';
}

/** Without the cause: it would quote the body. */
function parse(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body).trim();
  if (text === '') throw new ScanError('empty-body', 'A success without any content', { stage: 'decode' });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw /^[[{]/.test(text)
      ? new ScanError('malformed', 'JSON that breaks off or goes wrong', { stage: 'decode' })
      : new ScanError('not-json', 'Expected JSON, got a page of something else', { stage: 'decode' });
  }
}

/** Where providers put their explanations. */
interface Explanation {
  readonly error?: unknown;
  readonly message?: unknown;
  readonly detail?: unknown;
  readonly chart?: { readonly error?: { readonly description?: unknown } | null };
  readonly finance?: Explanation['chart'];
}

function wordsOf(body: Uint8Array): string {
  try {
    const said = JSON.parse(new TextDecoder().decode(body)) as Explanation;
    const { error, message, detail, chart, finance } = said;
    const words = [message, error, detail, chart?.error?.description, finance?.error?.description];
    return words.find((candidate) => typeof candidate === 'string') ?? '';
  } catch {
    return '';
  }
}

/** Milliseconds of a `Retry-After` (RFC 9110, 10.2.3); of a 429 without one, until `X-RateLimit-Reset` (Unix seconds). */
function retryAfter({ status, headers }: HttpAnswer): number | undefined {
  const after = headers['retry-after'];
  const reset = headers['x-ratelimit-reset'];
  let ms = Number.NaN;
  if (typeof after === 'string') {
    ms = /^\d+(\.\d+)?$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  } else if (status === 429 && typeof reset === 'string') {
    ms = Math.max(0, Number(reset) * 1000 - Date.now());
  }
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
