import type { Pool } from 'undici';
import { ScanError, type SymbolErrorCode } from '../errors.ts';
import type { Traffic } from '../types.ts';
import { type HttpAnswer, httpGet, joined } from './http-get.ts';
import { readJson } from './json-body.ts';
import { MAX_WORDS, RefusalError } from './refusal-error.ts';

/** Characters of an explanation that are looked at: a list of two hundred symbols has room. */
const MAX_EXPLANATION = 4096;

/** Asked before every request, and told of every answer. */
export interface RequestLimiter {
  take(signal: AbortSignal): Promise<void> | void;
  tell?(status: number, headers: HttpAnswer['headers']): void;
}

/** How a service is called. */
export interface CallOptions {
  /** Asked before every request, pages included. @default none */
  readonly limiter?: RequestLimiter | undefined;
  /** Connections to the provider: requests that can be under way at once. @default 16 */
  readonly connections?: number | undefined;
  /** Milliseconds for connecting, for the headers, and between two pieces of a body. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** Called once the client is loaded, before its first request. @default nothing */
  readonly onOpen?: (() => void) | undefined;
}

export interface ProviderClientOptions extends CallOptions {
  /** Base URL; a path in it goes before every path. */
  readonly url: string;
  /** Sent with every request, to the origin of `url` and nowhere else. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What no message may contain. */
  readonly secrets?: readonly string[];
  /** What a refusal means to this provider, by the JSON of its body. @default the refusal itself */
  readonly refine?: (refusal: RefusalError, said: unknown) => ScanError;
}

export interface ProviderClient {
  /** Where it asks, without credentials. */
  readonly base: string;
  readonly traffic: Traffic;
  /**
   * The body of one answer with status 200.
   *
   * Failure: a `ScanError` without URL or secrets; a `RefusalError` for any other status. Aborting `signal` rejects at
   * once, also while the limiter is waited for.
   *
   * @param path With its query, behind the path of the base URL.
   */
  getBytes(path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** As `getBytes`, in the pieces in which it came: joining a large body takes as long as reading it. */
  getPieces(path: string, maxBytes: number, signal: AbortSignal): Promise<readonly Uint8Array[]>;
  /** As `getBytes`, the body read as JSON. */
  getJson(path: string, maxBytes: number, signal: AbortSignal): Promise<unknown>;
  /** A failure with the provider's own words: on one line, shortened, without secrets. */
  failure(code: SymbolErrorCode, words: string): ScanError;
  close(): Promise<void>;
}

/**
 * A client of one provider's service: a pool that is opened with the first request, a limiter before each one, and
 * failures told apart.
 *
 * Holds: one body for each request under way.
 */
export function createProviderClient({
  url,
  headers = {},
  secrets = [],
  refine = (refusal) => refusal,
  limiter,
  connections = 16,
  timeoutMs = 10_000,
  onOpen = () => {},
}: ProviderClientOptions): ProviderClient {
  const { origin, pathname, hostname } = new URL(url);
  const prefix = pathname.replace(/\/$/, '');
  const sent: Record<string, string> = { accept: 'application/json', ...headers };
  // Unzipping costs more than a loopback saves.
  if (!isLoopback(hostname)) sent['accept-encoding'] = 'gzip';
  const traffic = { calls: 0, bytes: 0 };
  // A scan that finds everything in its cache never needs a client: it is loaded with the first call.
  let opening: Promise<Pool> | undefined;
  const open = async () => {
    // The pool alone: all of undici takes longer to load, and most of it is not for us.
    const { default: Pool } = await import('undici/lib/dispatcher/pool.js');
    onOpen();
    return new Pool(origin, {
      connections,
      connect: { timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 10_000,
      // One connection carries one request: HTTP/2 streams would escape the bound.
      allowH2: false,
    });
  };

  const plain = (words: string) => {
    let text = words;
    for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '[key]');
    return text.replace(/\p{Cc}+/gu, ' ');
  };
  const admitted = async (signal: AbortSignal) => {
    try {
      await limiter?.take(signal);
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new ScanError('timed-out', 'The call was cut off', { stage: 'fetch', cause });
    }
  };
  const getPieces: ProviderClient['getPieces'] = async (path, maxBytes, signal) => {
    opening ??= open();
    const pool = await opening;
    await admitted(signal);
    traffic.calls++;
    const answer = await httpGet(pool, prefix + path, { headers: sent, maxBytes, signal });
    traffic.bytes += answer.wireBytes;
    limiter?.tell?.(answer.status, answer.headers);
    if (answer.status === 200) return answer.pieces;
    const said = explanationOf(joined(answer.pieces));
    const words = plain(wordsOf(said)).slice(0, MAX_EXPLANATION);
    throw refine(new RefusalError(answer.status, words, answer.headers), said);
  };

  const getBytes: ProviderClient['getBytes'] = async (path, maxBytes, signal) =>
    joined(await getPieces(path, maxBytes, signal));

  return {
    base: origin + prefix,
    traffic,
    getBytes,
    getPieces,
    getJson: async (path, maxBytes, signal) => readJson(await getBytes(path, maxBytes, signal)),
    failure: (code, words) => new ScanError(code, plain(words).slice(0, MAX_WORDS), { stage: 'fetch' }),
    async close() {
      await (await opening)?.destroy();
    },
  };
}

/** The JSON of a refusal; `undefined` where it is none, as the pages of proxies. */
function explanationOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/** Where providers put their words. */
interface Explanation {
  readonly error?: unknown;
  readonly message?: unknown;
  readonly detail?: unknown;
  readonly chart?: { readonly error?: { readonly description?: unknown } | null };
  readonly finance?: Explanation['chart'];
}

function wordsOf(said: unknown): string {
  const { error, message, detail, chart, finance } = (said ?? {}) as Explanation;
  const words = [error, message, detail, chart?.error?.description, finance?.error?.description];
  return words.find((candidate) => typeof candidate === 'string') ?? '';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
