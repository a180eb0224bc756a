import type { Pool } from 'undici';
import { ScanError } from '../errors.ts';
import { formatSession } from '../session.ts';
import type { BarSource, History, Payload, SymbolId } from '../types.ts';
import { type HttpAnswer, httpGet } from './http-get.ts';

/** Bytes of JSON allowed for one bar (real ones take 80 to 110), and for the frame around them. */
const MAX_BYTES_PER_BAR = 256;
const MAX_FRAME_BYTES = 64 * 1024;
/** More pages than that for one symbol is a provider going in circles. */
const MAX_PAGES = 50;
/** The most bars that one request may ask for. */
const MAX_LIMIT = 50_000;

export interface PolygonOptions {
  /** API key, sent as a Bearer token. Absent: none is sent (a loopback provider needs none). */
  readonly key?: string | undefined;
  /** @default 'https://api.polygon.io' */
  readonly url?: string;
  /** Connections to the provider: requests that can be under way at once. @default 64 */
  readonly connections?: number;
  /** Milliseconds for connecting, for the headers, and between two pieces of a body. @default 10_000 */
  readonly timeoutMs?: number;
  /** Names the data for the cache. @default the origin of `url` */
  readonly dataset?: string;
}

/**
 * Daily aggregates of Polygon.io (Massive), one symbol a call, adjusted for splits.
 *
 * The newest bars are asked for first (`sort=desc` with a limit), so a symbol with gaps costs no second call to get
 * its full number of bars. A next page is asked of the configured origin, whatever host `next_url` names: the key goes
 * nowhere else. Failure: a `ScanError` with the provider's own words, without URL or key.
 */
export function createPolygonSource({
  key,
  url = 'https://api.polygon.io',
  connections = 64,
  timeoutMs = 10_000,
  dataset,
}: PolygonOptions = {}): BarSource {
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
  if (key !== undefined) headers.authorization = `Bearer ${key}`;
  const traffic = { calls: 0, bytes: 0 };
  let range: { readonly history: History; readonly text: string } | undefined;

  const getPage = async (path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> => {
    opening ??= open();
    const pool = await opening;
    traffic.calls++;
    const answer = await httpGet(pool, path, { headers, maxBytes, signal });
    traffic.bytes += answer.wireBytes;
    if (answer.status !== 200) throw refusal(answer, key);
    return answer.body;
  };

  return {
    name: 'polygon',
    dataset: dataset ?? `polygon ${origin}${prefix} split-adjusted`,
    traffic,
    async fetchBars(symbol: SymbolId, history: History, signal: AbortSignal): Promise<Payload> {
      const { bars } = history;
      const maxBytes = MAX_FRAME_BYTES + Math.min(bars, MAX_LIMIT) * MAX_BYTES_PER_BAR;
      const limit = Math.min(bars, MAX_LIMIT);
      // The same for every symbol of a scan.
      if (range?.history !== history) {
        range = { history, text: `${formatSession(history.from)}/${formatSession(history.to)}` };
      }
      const pages: Uint8Array[] = [];
      let received = 0;
      let path: string | undefined =
        `${prefix}/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/day/${range.text}?adjusted=true&sort=desc&limit=${limit}`;
      while (path !== undefined && received < bars) {
        if (pages.length === MAX_PAGES) {
          throw new ScanError('malformed', `More than ${MAX_PAGES} pages for one symbol`, { stage: 'fetch' });
        }
        const page = await getPage(path, maxBytes, signal);
        pages.push(page);
        const frame = frameOf(page);
        // What decoding says of an answer may end in a receipt.
        if (key !== undefined && frame.includes(key)) {
          throw new ScanError('provider-error', 'An answer that quotes the key', { stage: 'fetch' });
        }
        received += resultsCount(frame);
        path = nextPath(frame);
      }
      return { format: 'polygon-aggregates', pages };
    },
    async close() {
      await (await opening)?.destroy();
    },
  };
}

/**
 * What stands around the rows of a page, as text. The rows are decoded on a thread; here only the frame matters, and
 * it is found without looking at them.
 */
function frameOf(page: Uint8Array): string {
  const bytes = Buffer.from(page.buffer, page.byteOffset, page.byteLength);
  const first = bytes.indexOf('[');
  if (first < 0) return bytes.toString('latin1');
  return bytes.toString('latin1', 0, first) + bytes.toString('latin1', bytes.lastIndexOf(']'));
}

/** Path and query of `next_url`, or `undefined` on the last page. */
function nextPath(frame: string): string | undefined {
  const quoted = /"next_url"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(frame)?.[1];
  if (quoted === undefined) return undefined;
  try {
    const { pathname, search } = new URL(JSON.parse(quoted) as string);
    return pathname + search;
  } catch (cause) {
    throw new ScanError('malformed', 'A next_url that is no URL', { stage: 'fetch', cause });
  }
}

function resultsCount(frame: string): number {
  return Number(/"resultsCount"\s*:\s*(\d+)/.exec(frame)?.[1] ?? 0);
}

/** Any other status than 200 as the failure it means. */
function refusal({ status, headers, body }: HttpAnswer, key: string | undefined): ScanError {
  const words = providerWords(body);
  // A provider may quote the key that it refuses.
  const message = `Status ${status}${key ? words.replaceAll(key, '[key]') : words}`;
  const retryAfterMs = retryAfter(headers['retry-after']);
  const options = { stage: 'fetch', retryAfterMs } as const;
  if (status === 429) return new ScanError('rate-limited', message, options);
  if (status === 401 || status === 403) return new ScanError('unauthorized', message, { stage: 'fetch' });
  if (status === 408) return new ScanError('timed-out', message, options);
  if (status >= 500) return new ScanError('server-error', message, options);
  return new ScanError('unexpected-status', message, { stage: 'fetch' });
}

/** The provider's own explanation, shortened, where its body has one. */
function providerWords(body: Uint8Array): string {
  try {
    const { error, message } = JSON.parse(new TextDecoder().decode(body)) as {
      error?: unknown;
      message?: unknown;
    };
    const words = error ?? message;
    return typeof words === 'string' ? `: ${words.slice(0, 200)}` : '';
  } catch {
    return '';
  }
}

/** Milliseconds of a `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
