/**
 * What the simulator costs, so that it is known not to be what a scan waits for.
 *
 *     node bench/simulator.ts [bars.csv.gz]
 *
 * Medians of five rounds over 6,000 symbols × 260 bars; CPU is user + system of the whole process.
 */
import { Pool } from 'undici';
import { formatSession, parseSession } from '../src/session.ts';
import { loadMarket } from '../src/simulator/bars-file.ts';
import { createMarket } from '../src/simulator/market.ts';
import { PolygonApi } from '../src/simulator/polygon-api.ts';
import { routeOf } from '../src/simulator/route.ts';
import { startSimulator } from '../src/simulator/start-simulator.ts';

const ROUNDS = 5;
const CONCURRENCY = 50;
const END = parseSession('2018-07-17');
const OPTIONS = { symbols: 6000, sessions: 300, seed: 1, end: END };

const market = createMarket(OPTIONS);
const symbols = Array.from(market.tickers(), ({ ticker }) => ticker);
const from = formatSession(market.sessions[market.sessions.length - 260]!);
const pathOf = (symbol: string) => `/v2/aggs/ticker/${symbol}/range/1/day/${from}/2018-07-17`;

async function measure(
  name: string,
  count: number,
  unit: string,
  round: () => unknown,
  rounds = ROUNDS,
): Promise<void> {
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let index = 0; index < rounds; index++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await round();
    walls.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    cpus.push((user + system) / 1000);
  }
  const micros = (ms: readonly number[]) =>
    ((ms.toSorted((a, b) => a - b)[ms.length >> 1]! * 1000) / count).toFixed(1);
  console.log(
    `${name.padEnd(34)} ${micros(walls).padStart(10)} µs wall ${micros(cpus).padStart(10)} µs CPU / ${unit}`,
  );
}

await measure('bars of a symbol', symbols.length, 'symbol', () => {
  for (const symbol of symbols) market.bars(symbol);
});

const api = new PolygonApi(market);
const query = new URLSearchParams('adjusted=true&sort=desc&limit=260');
let bytes = 0;
await measure('aggregates body, bars included', symbols.length, 'body', () => {
  bytes = 0;
  for (const symbol of symbols) bytes += api.answer(routeOf(pathOf(symbol)), query, 'http://x').body.length;
});
console.log(`${''.padEnd(34)} ${(bytes / symbols.length / 1000).toFixed(1).padStart(10)} KB a body`);

const grouped = () => {
  for (const session of market.sessions.slice(-10)) {
    const path = `/v2/aggs/grouped/locale/us/market/stocks/${formatSession(session)}`;
    api.answer(routeOf(path), new URLSearchParams(), 'http://x');
  }
};
await measure('grouped day, the first ten', 10, 'day', grouped, 1);
await measure('grouped day, later', 10, 'day', grouped);
await measure(
  'ticker listing of a million',
  1_000_000,
  'ticker',
  () => {
    for (const _ of createMarket({ ...OPTIONS, symbols: 1_000_000 }).tickers());
  },
  1,
);

const simulator = await startSimulator({ market: OPTIONS });
const pool = new Pool(simulator.url, { connections: CONCURRENCY });
await measure(`HTTP from a thread, ${CONCURRENCY} at a time`, symbols.length, 'body', async () => {
  const left = symbols.values();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const symbol of left) {
        const { body } = await pool.request({ method: 'GET', path: `${pathOf(symbol)}?sort=desc&limit=260` });
        await body.dump({ limit: 1 << 20 });
      }
    }),
  );
});
await pool.close();
await simulator.close();

const file = process.argv[2];
if (file !== undefined) {
  let bars = 0;
  await measure(
    'bars file',
    1_000_000,
    'million files',
    async () => {
      const loaded = await loadMarket(file);
      bars = 0;
      for (const { ticker } of loaded.tickers()) bars += loaded.bars(ticker)!.session.length;
    },
    1,
  );
  console.log(
    `${''.padEnd(34)} ${bars} bars, peak RSS ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`,
  );
}
