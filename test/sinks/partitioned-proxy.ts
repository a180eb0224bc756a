/** A TCP proxy on loopback whose network can be parted: what is sent on its way meanwhile arrives when it heals. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Direction = 'requests' | 'replies';

export interface PartitionedProxy {
  readonly port: number;
  /** Holds back what goes one way, ends of connections included, on the connections of now and those to come. */
  part(direction: Direction): void;
  /** Lets everything through that was held back, in order, also from a client that has gone meanwhile. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export async function startPartitionedProxy(target: number): Promise<PartitionedProxy> {
  const held: (() => void)[] = [];
  const sockets = new Set<Socket>();
  let parted: Direction | undefined;
  /** In order: nothing overtakes what is held back. */
  const pass = (direction: Direction, deliver: () => void) => {
    if (parted === direction) held.push(deliver);
    else deliver();
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to, direction] of [
      [client, upstream, 'requests'],
      [upstream, client, 'replies'],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => pass(direction, () => void (to.writable && to.write(data))));
      from.on('end', () => pass(direction, () => to.end()));
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    part(direction) {
      parted = direction;
    },
    async heal() {
      parted = undefined;
      for (const deliver of held.splice(0)) deliver();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
