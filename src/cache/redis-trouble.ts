/** Refusals by the first word of a reply or the code of a socket error: why, and what helps. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there; start Redis or correct the address',
  ENOTFOUND: 'the host is not known; correct the address',
  EAI_AGAIN: 'the host could not be looked up; check the network and the address',
  EHOSTUNREACH: 'the host cannot be reached; check the network and the address',
  ENETUNREACH: 'the network cannot be reached; check it and the address',
  ETIMEDOUT: 'no connection in time; check the network and the address',
  ECONNRESET: 'the connection was cut; check the server and the network',
  NOAUTH: 'it asks for a password; put user and password into the address',
  WRONGPASS: 'user or password are refused; correct them in the address',
  NOPERM: 'the user may not read and write the keys of the cache; grant it or use another user',
  READONLY: 'it is a read-only replica; give the address of the primary',
  OOM: 'its memory is used up; free some, raise maxmemory or let it evict (maxmemory-policy allkeys-lru)',
  MISCONF: 'it refuses writes because it cannot save to disk; see its log',
  NOREPLICAS: 'it refuses writes because it has too few replicas',
  LOADING: 'it is still loading its data; it will be tried again',
  BUSY: 'it is busy with a script; it will be tried again',
  MOVED:
    'it is a node of a cluster that does not have the keys of the cache; give the address of the one that has',
  CLUSTERDOWN: 'its cluster is down; see its log',
};

/** Why a Redis server could not be used, in words that hold no credentials. */
export class RedisTrouble extends Error {
  override readonly name = 'RedisTrouble';
  /** Whether the server answered, and said no: the connection is sound. */
  readonly isRefusal: boolean;

  constructor(message: string, { isRefusal = false }: { readonly isRefusal?: boolean } = {}) {
    super(message);
    this.isRefusal = isRefusal;
  }

  /**
   * Any error of the client as trouble with the server `name`. The error itself goes no further: it carries the arguments
   * of its command, the password among them, and old servers repeat arguments in their replies.
   */
  static from(error: unknown, name: string, isRefusal: boolean): RedisTrouble {
    if (error instanceof RedisTrouble) return error;
    return new RedisTrouble(`${name}: ${explain(error as NodeJS.ErrnoException)}`, { isRefusal });
  }
}

function explain({ message, code = '' }: NodeJS.ErrnoException): string {
  const known = REMEDIES[code] ?? REMEDIES[message.split(' ', 1)[0]!];
  if (known !== undefined) return known;
  if (message.startsWith('ERR DB index')) return 'the server has no database of this number; choose another';
  return message.split(', with args')[0]!;
}
