import type { Pool } from 'undici';
import { ScanError } from '../../errors.ts';
import type { Traffic } from '../../types.ts';
import { httpGet } from '../http-get.ts';
import type { RequestLimiter } from '../provider-client.ts';
import { refusal } from './refusal.ts';

export interface PolygonClientOptions {
  /** API key, sent as a Bearer token. Absent: none is sent (a loopback provider needs none). */
  readonly key?: string | undefined;
  /** @default 'https://api.polygon.io' */
  readonly url?: string;
  /** Connections to the provider: requests that can be under way at once. @default 64 */
  readonly connections?: number;
  /** Milliseconds for connecting, for the headers, and between two pieces of a body. @default 10_000 */
  readonly timeoutMs?: number;
  /** Asked before every request, pages included. @default none */
  readonly limiter?: RequestLimiter | undefined;
}

export interface PolygonClient {
  /** Where it asks, without the key. */
  readonly base: string;
  readonly traffic: Traffic;
  /**
   * The body of one answer with status 200.
   *
   * Failure: a `ScanError` without URL or key. Aborting `signal` rejects at once, also while the limiter is waited for.
   *
   * @param path With its query, behind the path of the base URL.
   */
  get(path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Throws where an answer quotes the key: what is said of it may end in a receipt. */
  refuseKey(answer: Uint8Array | string): void;
  /** The path to `get` a next page with, from the `next_url` of the one before, whatever host it names. */
  pathOf(nextUrl: string): string;
  close(): Promise<void>;
}

/**
 * A client of Polygon's REST API: one pool, opened with the first request. The key goes to the configured origin and
 * nowhere else. Holds: the body of each request under way.
 */
export function createPolygonClient({
  key,
  url = 'https://api.polygon.io',
  connections = 64,
  timeoutMs = 10_000,
  limiter,
}: PolygonClientOptions): PolygonClient {
  const { origin, pathname, hostname } = new URL(url);
  const prefix = pathname.replace(/\/$/, '');
  // A scan that finds everything in its cache never needs a client: it is loaded with the first call.
  let opening: Promise<Pool> | undefined;
  const open = async () => {
    const undici = await import('undici');
    return new undici.Pool(origin, {
      connections,
      connect: { timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 10_000,
      // One connection carries one request: HTTP/2 streams would escape the bound.
      allowH2: false,
    });
  };
  const headers: Record<string, string> = { accept: 'application/json' };
  // Unzipping costs more than a loopback saves.
  if (!isLoopback(hostname)) headers['accept-encoding'] = 'gzip';
  if (key) headers.authorization = `Bearer ${key}`;
  const traffic = { calls: 0, bytes: 0 };

  return {
    base: origin + prefix,
    traffic,
    async get(path, maxBytes, signal) {
      opening ??= open();
      const pool = await opening;
      try {
        await limiter?.take(signal);
      } catch (cause) {
        if (!signal.aborted) throw cause;
        throw new ScanError('timed-out', 'The call was cut off', { stage: 'fetch', cause });
      }
      traffic.calls++;
      const answer = await httpGet(pool, prefix + path, { headers, maxBytes, signal });
      traffic.bytes += answer.wireBytes;
      limiter?.tell?.(answer.status, answer.headers);
      if (answer.status !== 200) throw refusal(answer, key);
      return answer.body;
    },
    refuseKey(answer) {
      const text =
        typeof answer === 'string'
          ? answer
          : Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
      if (key && text.includes(key)) {
        throw new ScanError('provider-error', 'An answer that quotes the key', { stage: 'fetch' });
      }
    },
    pathOf(nextUrl) {
      const next = URL.parse(nextUrl);
      if (next === null) throw new ScanError('malformed', 'A next_url that is no URL', { stage: 'fetch' });
      const path = next.pathname + next.search;
      return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
    },
    async close() {
      await (await opening)?.destroy();
    },
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
