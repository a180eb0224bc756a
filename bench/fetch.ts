/**
 * Fetching bodies of 252 bars over loopback, 64 at once, by ways that do nothing else: µs of the fetching thread's CPU a body,
 * medians of interleaved rounds. The server is in another thread.
 *
 * The floor is what no client does without: a request written to a socket that is open, and as many bytes read as come back.
 *
 *     node bench/fetch.ts
 */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { createPolygonSource } from '../src/sources/polygon.ts';
import { bodiesOf } from './bodies.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';

const CALLS = 1500;
const CONCURRENCY = 64;
const ROUNDS = 6;

const { bodies, history } = bodiesOf(1, 252);
const [{ symbol, bytes }] = bodies as [(typeof bodies)[0]];
const server = new Worker(new URL('./fixed-answer.worker.ts', import.meta.url), { workerData: bytes });
const [port] = (await once(server, 'message')) as [number];
const url = `http://127.0.0.1:${port}`;
const source = createPolygonSource({ url, connections: CONCURRENCY });
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
const { signal } = new AbortController();

const sockets = await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }),
);
const request = `GET /v2/aggs/ticker/${symbol} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;

/** Answers are all of a length: that of the first one, headers included. */
let answerBytes = Number.POSITIVE_INFINITY;
function ask(socket: Socket): Promise<number> {
  return new Promise((resolve) => {
    let came = 0;
    const onData = (piece: Buffer) => {
      if (answerBytes === Number.POSITIVE_INFINITY) {
        answerBytes = piece.indexOf('\r\n\r\n') + 4 + bytes.length;
      }
      came += piece.length;
      if (came < answerBytes) return;
      socket.off('data', onData);
      resolve(bytes.length + came - answerBytes);
    };
    socket.on('data', onData);
    socket.write(request);
  });
}

/** Bytes of one body. */
const ways: Readonly<Record<string, () => Promise<number>>> = {
  source: async () => (await source.fetchBars(symbol, history, signal)).pages[0]!.length,
  'node:http': () =>
    new Promise((resolve, reject) => {
      get(`${url}/v2/aggs/ticker/${symbol}`, { agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks).length));
        response.on('error', reject);
      }).on('error', reject);
    }),
  fetch: async () => (await (await fetch(`${url}/v2/aggs/ticker/${symbol}`)).bytes()).length,
  'floor: sockets': async () => {
    const socket = sockets.pop()!;
    const length = await ask(socket);
    sockets.push(socket);
    return length;
  },
};

const times: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, fetchBody] of Object.entries(ways)) {
    const left = Array(CALLS).keys();
    const before = process.threadCpuUsage();
    await Promise.all(
      Array.from({ length: CONCURRENCY }, async () => {
        for (const _ of left) {
          if ((await fetchBody()) !== bytes.length) throw new Error(`${name} brought another body`);
        }
      }),
    );
    const { user, system } = process.threadCpuUsage(before);
    // The first round is the compiler's.
    if (round > 0) times[name]!.push((user + system) / CALLS);
  }
}
await source.close();
agent.destroy();
for (const socket of sockets) socket.destroy();
await server.terminate();

console.log(`${bytes.length} bytes a body, ${CONCURRENCY} at once`);
for (const [name, values] of Object.entries(times)) {
  const ratio = median(values) / median(times.source!);
  console.log(
    `${name.padEnd(14)} ${median(values).toFixed(1).padStart(8)} µs CPU a body, ${ratio.toFixed(1)} ×`,
  );
}
tellFigures(times);
