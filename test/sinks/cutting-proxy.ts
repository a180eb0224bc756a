/** A TCP proxy on loopback that cuts connections, or holds them at a point. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * What becomes of one connection. `request`: so many bytes arrive, the rest does not. `reply`: so many bytes of replies
 * come back, whatever was asked arrives. `late`: as `request`, but the rest arrives after the client has gone.
 */
export interface Cut {
  readonly what: 'request' | 'reply' | 'late';
  readonly bytes: number;
}

/**
 * What happens when the reply of a number has come, from 1, of a client that asks one thing after the other: without `meanwhile`
 * the connection is cut, else the reply is held back until that is done.
 */
export interface Halt {
  readonly what: 'halt';
  readonly replies: number;
  readonly meanwhile?: () => Promise<unknown>;
}

export interface CuttingProxy {
  readonly port: number;
  /** Replies of the connection that was made last. */
  readonly replies: number;
  /** Cuts that were made. */
  readonly made: number;
  /** Resolves once all that was late has arrived. */
  settled(): Promise<void>;
  /** Ends all connections, as an idle server does; new ones are made as before. */
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

const LATE_MS = 15;

/** Each connection meets the next cut or halt; those after the last one are left alone. */
export async function startCuttingProxy(
  target: number,
  cuts: readonly (Cut | Halt)[],
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const late = new Set<Promise<unknown>>();
  let connections = 0;
  let made = 0;
  let replies = 0;
  const server = createServer((client) => {
    const cut = cuts[connections++];
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    replies = 0;
    let left = cut === undefined || cut.what === 'halt' ? Number.POSITIVE_INFINITY : cut.bytes;
    let isCut = false;
    const cutNow = () => {
      isCut = true;
      made++;
      client.destroy();
      if (cut!.what !== 'late') upstream.end();
    };
    client.on('data', (data) => {
      if (isCut) return;
      if (cut === undefined || cut.what === 'reply' || cut.what === 'halt') return void upstream.write(data);
      upstream.write(data.subarray(0, left));
      if (data.length >= left) {
        const rest = data.subarray(left);
        cutNow();
        if (cut.what === 'late') late.add(deliverLate(upstream, rest));
      }
      left -= data.length;
    });
    upstream.on('data', (data) => {
      if (isCut) return;
      replies++;
      if (cut?.what === 'halt' && replies === cut.replies) {
        if (cut.meanwhile === undefined) return cutNow();
        return void cut.meanwhile().then(() => client.write(data));
      }
      if (cut?.what !== 'reply') return void client.write(data);
      client.write(data.subarray(0, left));
      if (data.length >= left) cutNow();
      left -= data.length;
    });
    client.on('close', () => {
      if (!isCut) upstream.destroy();
    });
    upstream.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    get made() {
      return made;
    },
    get replies() {
      return replies;
    },
    async settled() {
      await Promise.all(late);
    },
    async hangUp() {
      for (const socket of sockets) socket.destroy();
      // Until the other side knows.
      await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function deliverLate(upstream: Socket, rest: Buffer): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  upstream.end(rest);
  await once(upstream, 'close');
}
