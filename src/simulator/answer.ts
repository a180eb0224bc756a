/** An answer of the provider, before the network. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** An answer whose body is JSON. */
export function json(status: number, body: object): Answer {
  return { status, body: Buffer.from(JSON.stringify(body)) };
}
