import { ScanError } from '../../errors.ts';
import { type CallOptions, createProviderClient, type ProviderClient } from '../provider-client.ts';
import { planRefusal } from './plan-limit-error.ts';

export interface PolygonClientOptions extends CallOptions {
  /** API key, sent as a Bearer token. Absent: none is sent (a loopback provider needs none). */
  readonly key?: string | undefined;
  /** @default 'https://api.polygon.io' */
  readonly url?: string;
  /** @default 64 */
  readonly connections?: number | undefined;
}

export interface PolygonClient extends ProviderClient {
  /** Throws where an answer quotes the key: what is said of it may end in a receipt. */
  refuseKey(answer: string | readonly Uint8Array[]): void;
  /** The path to get a next page with, from the `next_url` of the one before, whatever host it names. */
  pathOf(nextUrl: string): string;
}

/**
 * A client of Polygon's REST API. The key goes to the configured origin and nowhere else. A refusal of the plan is a
 * `PlanLimitError`.
 */
export function createPolygonClient({
  key,
  url = 'https://api.polygon.io',
  connections = 64,
  ...calls
}: PolygonClientOptions): PolygonClient {
  const client = createProviderClient({
    url,
    ...(key && { headers: { authorization: `Bearer ${key}` }, secrets: [key] }),
    refine: planRefusal,
    connections,
    ...calls,
  });
  const prefix = new URL(url).pathname.replace(/\/$/, '');
  return {
    ...client,
    refuseKey(answer) {
      if (key && (typeof answer === 'string' ? answer.includes(key) : isQuoted(key, answer))) {
        throw new ScanError('provider-error', 'An answer that quotes the key', { stage: 'fetch' });
      }
    },
    pathOf(nextUrl) {
      const next = URL.parse(nextUrl);
      if (next === null) throw new ScanError('malformed', 'A next_url that is no URL', { stage: 'fetch' });
      const path = next.pathname + next.search;
      return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
    },
  };
}

/** Whether a text stands in a body, also where it is cut in two. */
function isQuoted(text: string, pieces: readonly Uint8Array[]): boolean {
  const most = Buffer.byteLength(text) - 1;
  const tailOf = (bytes: Buffer) => bytes.subarray(Math.max(0, bytes.length - most));
  let before: Buffer = Buffer.alloc(0);
  for (const { buffer, byteOffset, byteLength } of pieces) {
    const piece = Buffer.from(buffer, byteOffset, byteLength);
    const seam = Buffer.concat([before, piece.subarray(0, most)]);
    if (piece.includes(text) || seam.includes(text)) return true;
    before = tailOf(Buffer.concat([before, tailOf(piece)]));
  }
  return false;
}
