import type { Writable } from 'node:stream';

/** What happens in a daemon: `data` goes out as JSON. */
export interface ServerEvent {
  /** A word: `progress`, `ranking`. */
  readonly kind: string;
  readonly data: unknown;
}

export interface EventHubOptions {
  /** Milliseconds between two comments that keep a connection alive. @default 15_000 */
  readonly heartbeatMs?: number | undefined;
  /** Bytes that may wait for one client. @default 1_048_576 */
  readonly maxWaitingBytes?: number | undefined;
  /** @default 64 */
  readonly maxClients?: number | undefined;
}

/**
 * Hands events to the clients of an event stream (server-sent events, HTML Living Standard, section 9.2).
 *
 * A client that does not keep up is dropped: a missed ranking cannot go unnoticed, and it asks again by itself.
 * Holds: for each client at most `maxWaitingBytes` and one event.
 */
export class EventHub {
  readonly #clients = new Set<Writable>();
  readonly #maxWaitingBytes: number;
  readonly #maxClients: number;
  readonly #heartbeat: NodeJS.Timeout;

  constructor({ heartbeatMs = 15_000, maxWaitingBytes = 2 ** 20, maxClients = 64 }: EventHubOptions = {}) {
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#maxClients = maxClients;
    this.#heartbeat = setInterval(() => this.#broadcast(':\n\n'), heartbeatMs).unref();
  }

  /** Clients that are connected. */
  get size(): number {
    return this.#clients.size;
  }

  get isFull(): boolean {
    return this.#clients.size >= this.#maxClients;
  }

  /** Takes a client in whose headers are sent. */
  add(client: Writable): void {
    this.#clients.add(client);
    client.once('close', () => this.#clients.delete(client));
    client.on('error', () => client.destroy());
    client.write('retry: 2000\n\n');
  }

  send({ kind, data }: ServerEvent): void {
    // JSON has no line breaks of its own.
    if (this.#clients.size > 0) this.#broadcast(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const client of this.#clients) client.end();
  }

  #broadcast(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > this.#maxWaitingBytes) client.destroy();
      else client.write(text);
    }
  }
}
