import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AlpacaApi } from './alpaca-api.ts';
import type { Answer } from './answer.ts';
import { AnswerMemory } from './answer-memory.ts';
import { CallCounter, type CallCounts } from './call-counter.ts';
import { type Correction, correctMarket } from './correct-market.ts';
import { deliver, pause } from './deliver.ts';
import { ALPACA, POLYGON } from './dialect.ts';
import { FaultDraws, type FaultKind, type FaultRates } from './faults.ts';
import type { Market } from './market.ts';
import { MarketSplits } from './market-splits.ts';
import { PolygonApi } from './polygon-api.ts';
import { type Route, routeOf } from './route.ts';
import { TokenBucket } from './token-bucket.ts';
import { WholeMarket } from './whole-market.ts';

const CALLS_PATH = '/_simulator/calls';
const KEEP_ALIVE_MS = 60_000;

export interface ProviderOptions {
  readonly market: Market;
  /** @default 0 (any free port) */
  readonly port?: number | undefined;
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** Before every answer. @default 0 */
  readonly latencyMs?: number | undefined;
  /** Up to so much more, by chance. @default 0 */
  readonly jitterMs?: number | undefined;
  /** Requests a second, beyond which the answer is 429 with Retry-After. @default no limit */
  readonly rps?: number | undefined;
  /** @default none */
  readonly faults?: FaultRates | undefined;
  /** Of faults and jitter. @default 1 */
  readonly seed?: number | undefined;
  /** How long a `slow` body takes. @default 2000 */
  readonly slowMs?: number | undefined;
  /** The key without which the answer is 401. @default any, or none */
  readonly requireKey?: string | undefined;
  /** Sessions that the plan has, counted from the last one; beyond them, and after it, the answer is 403. @default all */
  readonly planSessions?: number | undefined;
  /** Bars that are restated once `correctAfter` calls have arrived. @default none */
  readonly corrections?: readonly Correction[] | undefined;
  /** @default 0 (from the start) */
  readonly correctAfter?: number | undefined;
  /** A file to which each call appends a line of JSON. */
  readonly callsFile?: string | undefined;
  /** Bytes of answers that are kept, to be given again where the same is asked. @default 0 (each is made anew) */
  readonly keepBytes?: number | undefined;
}

/** A running provider. */
export interface Provider {
  /** Scheme, host and port, without a slash at the end. */
  readonly url: string;
  /** What was asked so far; after `close`, what was asked in all. */
  calls(): Promise<CallCounts>;
  /** Resolves once it is closed; rejects, and so ends a process that does not listen, where it failed. */
  readonly closed: Promise<void>;
  /** Ends every answer under way and every connection at once. */
  close(): Promise<void>;
}

/**
 * Serves a market over HTTP in the wire format of Polygon's (Massive's) REST API, and its bars and splits in Alpaca's as
 * well, and counts the calls.
 *
 * Failure: rejects where it cannot listen or the calls file cannot be opened. A defect, or a calls file that cannot
 * be written any more, ends it: `closed` rejects.
 * Holds: what `PolygonApi`, `MarketSplits`, `FaultDraws` and `AnswerMemory` hold (twice once bars were restated), and one body for
 * each answer under way.
 */
export async function startProvider({
  market,
  port = 0,
  host = '127.0.0.1',
  latencyMs = 0,
  jitterMs = 0,
  rps,
  faults = {},
  seed = 1,
  slowMs = 2000,
  requireKey,
  planSessions,
  corrections = [],
  correctAfter = 0,
  callsFile,
  keepBytes = 0,
}: ProviderOptions): Promise<Provider> {
  const first = createApi(market, { planSessions, keepBytes });
  let corrected: Api | undefined;
  /** What answers the call that just arrived. */
  const api = () => {
    if (corrections.length === 0 || counter.total <= correctAfter) return first;
    corrected ??= createApi(correctMarket(market, corrections), { planSessions, keepBytes });
    return corrected;
  };
  const bucket = rps === undefined ? undefined : new TokenBucket(rps);
  const isCalm = jitterMs === 0 && Object.values(faults).every((rate) => rate === 0);
  const draws = isCalm ? undefined : new FaultDraws(seed, faults);
  const counter = new CallCounter(callsFile);
  const onSent = (bytes: number) => counter.sent(bytes);
  let url = '';

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const time = new Date().toISOString();
    const { method = '' } = request;
    const target = URL.parse(request.url ?? '/', 'http://simulator') ?? new URL('http://simulator');
    if (target.pathname === CALLS_PATH) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(counter.counts()));
      return;
    }

    const query = target.searchParams;
    const key = keyOf(request, query);
    query.delete('apiKey');
    const path = query.size === 0 ? target.pathname : `${target.pathname}?${query}`;
    const route = method === 'GET' ? routeOf(target.pathname) : UNKNOWN_ROUTE;
    counter.arrived(route.endpoint);
    const record = (status: number, fault: FaultKind | null = null) =>
      counter.record({ time, method, path, status, fault });
    const compress = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const isAlpaca = route.endpoint === 'bars' || route.endpoint === 'actions';
    const dialect = isAlpaca ? ALPACA : POLYGON;
    const limits = () => (isAlpaca && bucket !== undefined ? limitHeaders(bucket) : {});
    const plain = { draw: NO_FAULT, dialect, compress, slowMs, onSent };

    if (requireKey !== undefined && key !== requireKey) {
      counter.refused('unauthorized');
      record(401);
      return deliver(response, { status: 401, body: dialect.unknownKey }, plain);
    }
    const waitMs = bucket?.take() ?? 0;
    if (waitMs > 0) {
      counter.refused('limited');
      record(429);
      const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)), ...limits() };
      return deliver(response, { status: 429, body: dialect.tooMany }, { ...plain, headers });
    }

    const draw = draws?.next(path) ?? NO_FAULT;
    const served = servedRoute(route, draw.fault);
    const fault = draw.fault === 'wrong-symbol' && served === route ? undefined : draw.fault;
    if (fault === 'hang') return record(0, fault);
    await pause(latencyMs + jitterMs * draw.jitter, response);
    if (response.destroyed) return record(0, fault);
    const answer = api()(served, query, originOf(request) ?? url);
    record(statusOf(fault) ?? answer.status, fault ?? null);
    const headers = { ...(fault === '429-retry-after' && { 'retry-after': '1' }), ...limits() };
    return deliver(response, answer, { ...plain, draw: { ...draw, fault }, headers });
  }

  /** The route to answer: that of another ticker where the fault is `wrong-symbol`, and there is one. */
  function servedRoute(route: Route, fault: FaultKind | undefined): Route {
    if (fault !== 'wrong-symbol' || route.endpoint !== 'aggregates') return route;
    for (const after of [route.symbol, '']) {
      for (const { ticker } of market.tickers(after)) {
        if (ticker === route.symbol) break;
        if ((market.bars(ticker)?.session.length ?? 0) > 0) return { ...route, symbol: ticker };
      }
    }
    return route;
  }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      reject(error);
      void close();
    });
  });
  try {
    url = await listen(server, port, host);
  } catch (error) {
    counter.close();
    throw error;
  }

  let closing: Promise<void> | undefined;
  function close(): Promise<void> {
    closing ??= new Promise<void>((done) => {
      server.close(() => {
        counter.close();
        resolve();
        done();
      });
      server.closeAllConnections();
    });
    return closing;
  }
  return { url, calls: async () => counter.counts(), closed, close };
}

const NO_FAULT = { fault: undefined, variant: 0, jitter: 0 } as const;
const UNKNOWN_ROUTE: Route = { endpoint: 'other', kind: 'unknown' };

/** Answers a request to either form of a market; `origin` is what a next page is on. */
type Api = (route: Route, query: URLSearchParams, origin: string) => Answer;

/** Both forms of one market, which share what they hold of it. */
function createApi(
  market: Market,
  { planSessions, keepBytes }: { readonly planSessions: number | undefined; readonly keepBytes: number },
): Api {
  const whole = new WholeMarket(market);
  const splits = new MarketSplits(whole);
  const polygon = new PolygonApi(market, { whole, splits, planSessions });
  const alpaca = new AlpacaApi(market, splits);
  const memory = new AnswerMemory(keepBytes);
  return (route, query, origin) =>
    memory.answer([...Object.values(route), query, origin].join(' '), () =>
      route.endpoint === 'bars' || route.endpoint === 'actions'
        ? alpaca.answer(route.endpoint, query)
        : polygon.answer(route, query, origin),
    );
}

/** Alpaca says with every answer how much of the limit is left. */
function limitHeaders(bucket: TokenBucket): Record<string, string> {
  const { limit, remaining, msToFull } = bucket.state();
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil((Date.now() + msToFull) / 1000)),
  };
}

/** The status that a fault has of its own; 0 where nothing is sent. */
function statusOf(fault: FaultKind | undefined): number | undefined {
  switch (fault) {
    case '429':
    case '429-retry-after':
      return 429;
    case '500':
      return 500;
    case 'reset':
      return 0;
    case 'html':
    case 'error-200':
    case 'empty':
      return 200;
    default:
      return undefined;
  }
}

function keyOf(request: IncomingMessage, query: URLSearchParams): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '');
  const alpaca = request.headers['apca-api-secret-key'];
  return bearer?.[1] ?? query.get('apiKey') ?? (typeof alpaca === 'string' ? alpaca : undefined);
}

/** The origin as the client spells it: a next page on another spelling would be foreign to it. */
function originOf({ headers: { host } }: IncomingMessage): string | undefined {
  return host === undefined ? undefined : `http://${host}`;
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { address, family, port: bound } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
    });
  });
}
