import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigError, LostGroundError } from '../errors.ts';
import type { Ranking, Summary } from '../types.ts';
import { createAccess, isLoopback, isToken } from './http/access.ts';
import { EventHub, type EventHubOptions, type ServerEvent } from './http/event-hub.ts';
import { createProgressEvents, type StatusFeed } from './http/progress-events.ts';
import { namesTag, rankingJson, rankingTag } from './http/ranking-json.ts';

export interface HttpOptions extends EventHubOptions {
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** 0 for any free one. */
  readonly port: number;
  /** What a client has to send as bearer; needed where `host` is not a loopback address. @default none */
  readonly token?: string | undefined;
  /** Why the daemon cannot scan now, in sentences without secrets; none where it can. */
  readonly readiness: () => readonly string[];
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** The newest ranking. */
  readonly latest: () => Ranking | undefined;
  /** The summary of a scan by its name. */
  readonly scan: (id: string) => Summary | undefined | Promise<Summary | undefined>;
  /** What the daemon does now. What is not given is not served, nor told as progress. */
  readonly status?: StatusFeed | undefined;
  /** Milliseconds between two events of progress. @default 1000 */
  readonly progressMs?: number | undefined;
  /** Subscribes to what happens; the answer ends it. */
  readonly events: (listener: (event: ServerEvent) => void) => () => void;
  /** Told of requests that a defect kept from an answer. */
  readonly onFailed: (cause: unknown) => void;
}

/** A server that listens. */
export interface HttpServer {
  /** Scheme, host and port, without a slash at the end. */
  readonly url: string;
  /** Clients of the event stream. */
  readonly eventClients: number;
  /** Ends event streams at once and other answers within two seconds. */
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 8192;
const MAX_CONNECTIONS = 256;
/** For all of a request to arrive, and for an answer to move on. */
const REQUEST_MS = 10_000;
const IDLE_MS = 60_000;
const GRACE_MS = 2000;
const SCANS_PATH = '/api/scans/';
const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/**
 * Serves a daemon's health, metrics, state, rankings and events: `GET` and `HEAD` of `/healthz`, `/readyz`, `/metrics`,
 * `/api/status`, `/api/latest`, `/api/scans/:id`, `/api/events`; anything else is 404. All but `/healthz` ask for the
 * token.
 *
 * Failure: `ConfigError` where it would be open to other machines without a token, `LostGroundError` where it cannot
 * listen. Holds: 64 rows for each reader of a ranking, and what `EventHub` holds.
 */
export async function startHttp({
  host = '127.0.0.1',
  port,
  token,
  readiness,
  metrics,
  latest,
  scan,
  status,
  progressMs = 1000,
  events,
  onFailed,
  ...hubOptions
}: HttpOptions): Promise<HttpServer> {
  checkAccess(host, token);
  const refusalOf = createAccess(token);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // As it came: what a parser would tidy up (`..`, `//`) is no path of ours.
    const [path] = (request.url ?? '').split('?', 1) as [string];
    const refusal = path === '/healthz' ? undefined : refusalOf(request.headers);
    if (refusal !== undefined) {
      const challenge = refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
      return sendJson(response, refusal.status, { error: refusal.message }, challenge);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      // Its body is not read.
      const headers = { allow: 'GET, HEAD', connection: 'close' };
      return sendJson(response, 405, { error: 'Expected GET or HEAD' }, headers);
    }
    switch (path) {
      case '/healthz':
        return sendJson(response, 200, { status: 'ok' });
      case '/readyz': {
        const reasons = readiness();
        const ready = reasons.length === 0;
        return sendJson(response, ready ? 200 : 503, { ready, reasons });
      }
      case '/metrics':
        return send(response, 200, metrics.contentType, await metrics.text());
      case '/api/status':
        return status === undefined
          ? sendJson(response, 404, { error: 'Not found' })
          : sendJson(response, 200, status.look());
      case '/api/latest':
        return sendRanking(request, response, latest());
      case '/api/events':
        return sendEvents(request, response);
      default:
        return sendScan(response, path);
    }
  }

  async function sendScan(response: ServerResponse, path: string): Promise<void> {
    const id = path.startsWith(SCANS_PATH) ? nameOf(path.slice(SCANS_PATH.length)) : undefined;
    const summary = id === undefined ? undefined : await scan(id);
    if (summary === undefined) return sendJson(response, 404, { error: 'Not found' });
    return sendJson(response, 200, summary);
  }

  function sendEvents(request: IncomingMessage, response: ServerResponse): void {
    if (hub.isFull) {
      sendJson(response, 503, { error: 'Too many readers of events' }, { 'retry-after': '10' });
      return;
    }
    response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream' });
    if (request.method === 'HEAD') response.end();
    else {
      hub.add(response);
      progress?.wake();
    }
  }

  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_MS },
    (request, response) => {
      answer(request, response).catch((cause: unknown) => {
        // A client may leave when it likes.
        if ((cause as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
        onFailed(cause);
        // An answer under way has been broken off by then.
        if (!response.headersSent) sendJson(response, 500, { error: 'Internal error' });
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = REQUEST_MS;
  server.timeout = IDLE_MS;

  const address = await new Promise<AddressInfo>((resolve, reject) => {
    server.once('error', (cause) => reject(LostGroundError.from(cause, `Cannot listen on ${host}:${port}`)));
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
  const hub = new EventHub(hubOptions);
  const progress = status && createProgressEvents(status, hub, progressMs);
  const unsubscribe = events((event) => hub.send(event));

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    get eventClients() {
      return hub.size;
    },
    async close() {
      unsubscribe();
      progress?.close();
      const closed = new Promise((resolve) => server.close(resolve));
      hub.close();
      const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(grace);
    },
  };
}

function checkAccess(host: string, token: string | undefined): void {
  const problems: string[] = [];
  if (token === undefined && !isLoopback(host)) {
    problems.push(`Listening on \`${host}\` needs a token: other machines could read everything without one`);
  }
  // It is not quoted: it is a secret.
  if (token !== undefined && !isToken(token)) {
    problems.push('Expected the token to have 16 or more printable ASCII characters and no space');
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

async function sendRanking(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  ranking: Ranking | undefined,
): Promise<void> {
  if (ranking === undefined) return sendJson(response, 404, { error: 'There is no ranking yet' });
  const etag = rankingTag(ranking);
  const common = { ...COMMON_HEADERS, 'cache-control': 'no-cache', etag };
  if (namesTag(headers['if-none-match'], etag)) {
    response.writeHead(304, common).end();
    return;
  }
  response.writeHead(200, { ...common, 'content-type': 'application/json' });
  if (method === 'HEAD') response.end();
  else await pipeline(Readable.from(rankingJson(ranking), { highWaterMark: 1 }), response);
}

/** The name of a scan in a path, decoded; `undefined` where it cannot be one: no name leads anywhere else. */
function nameOf(part: string): string | undefined {
  try {
    const name = decodeURIComponent(part);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return /^(?!\.{1,2}$)[^/\\\x00-\x1f]{1,256}$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, 'application/json', `${JSON.stringify(value)}\n`, headers);
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    ...COMMON_HEADERS,
    'content-type': type,
    'content-length': length,
    ...headers,
  });
  response.end(body);
}
