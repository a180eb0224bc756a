import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { ScanError } from '../errors.ts';

const unzip = promisify(gunzip);
/** Bytes that even the shortest body gets to unzip into. */
const LEAST_UNZIPPED = 1024;

/** Its names (RFC 9110). */
const GZIP: ReadonlySet<string> = new Set(['gzip', 'x-gzip']);
/** Characters of another one that are worth to be said. */
const MAX_ENCODING = 20;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body, unzipped, in the pieces in which it came. */
  readonly pieces: readonly Uint8Array[];
  /** Bytes of the body as they came over the wire. */
  readonly wireBytes: number;
}

export interface HttpGetOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes; a larger body (before or after unzipping) is refused. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * One GET on a pool, to the end of the body.
 *
 * Any status is an answer; of one that is not 200, a body that cannot be decoded is left out. Failure: a `ScanError` at
 * stage `fetch` with a message without URL; an aborted signal rejects at once and gives the connection up. Holds: the
 * body, at most `maxBytes` and one chunk.
 */
export async function httpGet(
  pool: Dispatcher,
  path: string,
  { headers, maxBytes, signal }: HttpGetOptions,
): Promise<HttpAnswer> {
  const answer = await dispatch(pool, path, { headers, maxBytes, signal });
  try {
    return { ...answer, pieces: await decoded(answer, maxBytes) };
  } catch (error) {
    if (answer.status === 200) throw error;
    return { ...answer, pieces: [] };
  }
}

async function decoded({ headers, pieces }: HttpAnswer, maxBytes: number): Promise<readonly Uint8Array[]> {
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return pieces;
  if (!GZIP.has(encoding)) {
    const message = `A body encoded as \`${encoding.slice(0, MAX_ENCODING)}\`, which nobody asked for`;
    throw new ScanError('malformed', message, { stage: 'fetch' });
  }
  const zipped = joined(pieces);
  try {
    // Unzipped in one piece, a body of the whole market takes half the time: by default it comes in pieces of 16 KB.
    const chunkSize = Math.max(LEAST_UNZIPPED, Math.min(sizeSaid(zipped), maxBytes) + 1);
    return [await unzip(zipped, { maxOutputLength: maxBytes, chunkSize })];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new ScanError('malformed', 'A body that does not unzip', { stage: 'fetch', cause });
  }
}

/** A body as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/**
 * Bytes that a zipped body says it has: the last field of gzip (RFC 1952), of its last member only. A hint; no more is
 * needed of it.
 */
function sizeSaid(zipped: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = zipped;
  return byteLength < 4 ? 0 : new DataView(buffer, byteOffset, byteLength).getUint32(byteLength - 4, true);
}

// `dispatch` costs about half of what `request` and its body stream do: the handler is called with the chunks.
function dispatch(
  pool: Dispatcher,
  path: string,
  { headers, maxBytes, signal }: HttpGetOptions,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let received: HttpAnswer['headers'] = {};
    let wireBytes = 0;

    const refuse = (error: Error) => {
      signal.removeEventListener('abort', onAbort);
      reject(error);
    };
    const onAbort = () => {
      const error = new ScanError('timed-out', 'The call was cut off', { stage: 'fetch' });
      controller?.abort(error);
      refuse(error);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });

    pool.dispatch(
      { method: 'GET', path, headers },
      {
        onRequestStart(started) {
          controller = started;
          // Aborted while it waited for a connection.
          if (signal.aborted) started.abort(new Error('aborted'));
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          // Informational answers precede the real one.
          if (statusCode < 200) return;
          status = statusCode;
          received = responseHeaders;
        },
        onResponseData(current, chunk) {
          wireBytes += chunk.byteLength;
          if (wireBytes <= maxBytes) {
            chunks.push(chunk);
            return;
          }
          const error = tooLarge(maxBytes);
          current.abort(error);
          refuse(error);
        },
        onResponseEnd() {
          signal.removeEventListener('abort', onAbort);
          resolve({ status, headers: received, pieces: chunks, wireBytes });
        },
        onResponseError(_controller, error) {
          refuse(toScanError(error));
        },
      },
    );
  });
}

function tooLarge(maxBytes: number): ScanError {
  return new ScanError('too-large', `A body of more than ${maxBytes} bytes`, { stage: 'fetch' });
}

function toScanError(cause: Error): ScanError {
  if (cause instanceof ScanError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? cause.name;
  const timedOut = /TIMEOUT|ETIMEDOUT/.test(code);
  return timedOut
    ? new ScanError('timed-out', `The provider did not answer in time (${code})`, { stage: 'fetch', cause })
    : new ScanError('connection-failed', `The connection failed (${code})`, { stage: 'fetch', cause });
}
