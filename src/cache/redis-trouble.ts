import { explainRedisError, type Remedies } from '../redis/explain-error.ts';

const REMEDIES: Remedies = {
  NOPERM: 'the user may not read and write the keys of the cache; grant it or use another user',
  OOM: 'its memory is used up; free some, raise maxmemory or let it evict (maxmemory-policy allkeys-lru)',
  LOADING: 'it is still loading its data; it will be tried again',
  BUSY: 'it is busy with a script; it will be tried again',
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

  /** Any error of the client as trouble with the server `name`, without the error itself, which may hold credentials. */
  static from(error: unknown, name: string, isRefusal: boolean): RedisTrouble {
    if (error instanceof RedisTrouble) return error;
    return new RedisTrouble(`${name}: ${explainRedisError(error, REMEDIES)}`, { isRefusal });
  }
}
