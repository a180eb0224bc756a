import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A connection to a server by way of a network that fails. */
export interface FaultyLink {
  readonly port: number;
  /** Resets every connection. */
  cut(): void;
  /** From now on nothing arrives, in one direction or both; connections stay, as both sides believe. */
  part(direction: 'there' | 'back' | 'both'): void;
  /** What was held back arrives; or is gone, and its connections with it. */
  heal(how: 'arrives' | 'gone'): void;
  close(): Promise<void>;
}

/** Listens on a free loopback port and passes on to another one. */
export async function startFaultyLink(target: number): Promise<FaultyLink> {
  const pairs = new Set<readonly [near: Socket, far: Socket]>();
  let parted: 'there' | 'back' | 'both' | undefined;
  const hold = ([near, far]: readonly [Socket, Socket]) => {
    if (parted === 'there' || parted === 'both') near.pause();
    if (parted === 'back' || parted === 'both') far.pause();
  };
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (bytes) => {
        if (!to.write(bytes)) {
          from.pause();
          to.once('drain', () => {
            from.resume();
            hold(pair);
          });
        }
      });
      from.on('error', () => to.destroy());
      from.on('end', () => to.end());
      from.on('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
    }
    hold(pair);
  });
  const cut = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    part(direction) {
      parted = direction;
      for (const pair of pairs) hold(pair);
    },
    heal(how) {
      parted = undefined;
      if (how === 'gone') return cut();
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
