/**
 * What manners cost, and what they save: adaptive concurrency against a fixed one, and symbols that never answer.
 *
 *     node bench/manners.ts
 *
 * Medians of five rounds over loopback HTTP; the provider is in a thread where it is the simulator.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { from, lastValueFrom, toArray } from 'rxjs';
import { fetchBars } from '../src/operators/fetch-bars.ts';
import { retryTransient } from '../src/operators/retry-transient.ts';
import { formatSession, parseSession } from '../src/session.ts';
import { createMarket } from '../src/simulator/market.ts';
import { PolygonApi } from '../src/simulator/polygon-api.ts';
import { routeOf } from '../src/simulator/route.ts';
import { startSimulator } from '../src/simulator/start-simulator.ts';
import { createPolygonSource } from '../src/sources/polygon.ts';
import { AdaptiveConcurrency } from '../src/state/adaptive-concurrency.ts';
import { Breaker } from '../src/state/breaker.ts';
import { Stop } from '../src/state/stop.ts';
import type { BarSource, Traveller } from '../src/types.ts';

const ROUNDS = 5;
const CEILING = 64;
const END = parseSession('2018-07-17');
const OPTIONS = { symbols: 6000, sessions: 300, seed: 1, end: END };
const market = createMarket(OPTIONS);
const symbols = Array.from(market.tickers(), ({ ticker }) => ticker);
const sessions = market.sessions;
const history = { from: sessions[sessions.length - 260]!, to: END, bars: 260 };

const fixed = () => new AdaptiveConcurrency({ ceiling: CEILING, floor: CEILING });
const adaptive = () => new AdaptiveConcurrency({ ceiling: CEILING });

interface Round {
  readonly seconds: number;
  readonly results: readonly Traveller[];
  readonly calls: number;
}

async function fetchAll(
  source: BarSource,
  of: readonly string[],
  concurrency: AdaptiveConcurrency,
  timeoutMs = 10_000,
): Promise<Round> {
  const stop = new Stop();
  const breaker = new Breaker();
  const before = source.traffic.calls;
  const start = performance.now();
  const results = await lastValueFrom(
    from(
      of.map((symbol, line): Traveller => ({ kind: 'missing', entry: { symbol, text: symbol, line } })),
    ).pipe(
      retryTransient(
        fetchBars(source, history, {
          concurrency: CEILING,
          adaptive: concurrency,
          breaker,
          timeoutMs,
          stop,
        }) as never,
        { stop, isWell: () => breaker.isWell },
      ),
      toArray(),
    ),
  );
  return {
    seconds: (performance.now() - start) / 1000,
    results,
    calls: source.traffic.calls - before,
  };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const latencyMs of [0, 50]) {
  const simulator = await startSimulator({ market: OPTIONS, latencyMs });
  const source = createPolygonSource({ url: simulator.url });
  // One for the connections, one for what the compiler needs.
  await fetchAll(source, symbols, fixed());
  const seconds = { fixed: [] as number[], adaptive: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    seconds.fixed.push((await fetchAll(source, symbols, fixed())).seconds);
    seconds.adaptive.push((await fetchAll(source, symbols, adaptive())).seconds);
  }
  const [a, b] = [median(seconds.fixed), median(seconds.adaptive)];
  console.log(
    `6,000 symbols, latency ${latencyMs} ms: fixed ${a.toFixed(2)} s, adaptive ${b.toFixed(2)} s (${(b / a).toFixed(3)})`,
  );
  await source.close();
  await simulator.close();
}

const api = new PolygonApi(market);
const query = new URLSearchParams('adjusted=true&sort=desc&limit=260');
const bodyOf = (symbol: string) =>
  api.answer(
    routeOf(
      `/v2/aggs/ticker/${symbol}/range/1/day/${formatSession(history.from)}/${formatSession(history.to)}`,
    ),
    query,
    'http://x',
  ).body;

// ─── a provider that takes so many calls at once, and from the middle on half of them ─────────────────────────

for (const [name, concurrency] of [
  ['fixed', fixed],
  ['adaptive', adaptive],
] as const) {
  let underWay = 0;
  let calls = 0;
  let refused = 0;
  const server = await serve((response, symbol) => {
    const capacity = ++calls > 3000 ? CEILING / 2 : CEILING;
    underWay++;
    response.on('close', () => underWay--);
    if (underWay > capacity) {
      refused++;
      response.statusCode = 503;
      setTimeout(() => response.end(), 5);
    } else setTimeout(() => response.end(bodyOf(symbol)), 20);
  });
  const source = createPolygonSource({ url: server.url });
  const { seconds, results } = await fetchAll(source, symbols, concurrency());
  const failed = results.filter(({ kind }) => kind === 'failed').length;
  console.log(
    `capacity halved, ${name}: ${refused} of ${calls} calls refused, ${failed} symbols failed, ${seconds.toFixed(2)} s`,
  );
  await source.close();
  server.close();
}

// ─── 34 of 1,500 symbols that are dead ────────────────────────────────────────────────────────────────────────

const some = symbols.slice(0, 1500);
const dead = new Set(some.filter((_, index) => index % 44 === 7).slice(0, 34));
const DEATHS: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['none', (response) => response.end()],
  ['404', (response) => response.writeHead(404).end()],
  ['empty', (response) => response.end('{"status":"OK","queryCount":0,"resultsCount":0}')],
  ['500', (response) => response.writeHead(500).end()],
  ['hang', () => {}],
];
for (const latencyMs of [0, 50]) {
  let clean = 0;
  for (const [death, die] of DEATHS) {
    const server = await serve((response, symbol) => {
      if (death !== 'none' && dead.has(symbol)) return die(response);
      if (latencyMs === 0) response.end(bodyOf(symbol));
      else setTimeout(() => response.end(bodyOf(symbol)), latencyMs);
    });
    const source = createPolygonSource({ url: server.url });
    await fetchAll(
      source,
      some.filter((symbol) => !dead.has(symbol)),
      fixed(),
    );
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await fetchAll(source, some, adaptive(), 500));
    }
    const seconds = median(rounds.map((round) => round.seconds));
    if (death === 'none') clean = seconds;
    console.log(
      `34 of 1,500 dead (${death}), latency ${latencyMs} ms: ${median(rounds.map(({ calls }) => calls))} calls, ` +
        `${seconds.toFixed(2)} s, ${(seconds / clean).toFixed(2)} × clean`,
    );
    await source.close();
    server.close();
  }
}

async function serve(
  answer: (response: ServerResponse, symbol: string) => void,
): Promise<{ url: string; close: () => void }> {
  const server: Server = createServer((request, response) => {
    answer(response, decodeURIComponent(request.url!.split('/')[4]!));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
