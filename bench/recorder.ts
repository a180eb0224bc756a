import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecorderOptions {
  /** Whether it answers a path itself, and how; what it does not answer is asked of the provider. @default none */
  readonly instead?: (path: string, response: ServerResponse) => boolean;
}

/** Asks a provider once for each path, and answers from memory from then on. Holds: every answer. */
export async function startRecorder(provider: string, { instead = () => false }: RecorderOptions = {}) {
  const kept = new Map<string, { readonly status: number; readonly body: Buffer }>();
  const server = createServer(async ({ url: path = '/' }, response) => {
    if (instead(path, response)) return;
    let answer = kept.get(path);
    if (answer === undefined) {
      const asked = await fetch(provider + path, { headers: { 'accept-encoding': 'identity' } });
      answer = { status: asked.status, body: Buffer.from(await asked.arrayBuffer()) };
      kept.set(path, answer);
    }
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'content-length': answer.body.length,
    });
    response.end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
