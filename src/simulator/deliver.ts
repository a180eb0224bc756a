import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer } from './answer.ts';
import type { Dialect } from './dialect.ts';
import type { Draw } from './faults.ts';

const gzipBytes = promisify(gzip);

const CHUNKS = 20;
const HTML =
  '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>\n';
/** Never valid in JSON, whatever stands around it. */
const BROKEN = Buffer.from('\0}{,');

export interface DeliverOptions {
  readonly draw: Draw;
  readonly dialect: Dialect;
  /** Compresses the body. */
  readonly compress: boolean;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds that a slow body takes. */
  readonly slowMs: number;
  /** Told the bytes of the body that went out. */
  readonly onSent: (bytes: number) => void;
}

/** Sends an answer, with the fault that was drawn for it. `hang` is not among them: that is to send nothing. */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  { draw, dialect, compress, headers = {}, slowMs, onSent }: DeliverOptions,
): Promise<void> {
  const { fault, variant } = draw;
  if (fault === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, type, plain } = faulty(answer, draw, dialect);
  const body = compress && plain.length > 0 ? await gzipBytes(plain, { level: 1 }) : plain;
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': type,
    ...(body !== plain && { 'content-encoding': 'gzip' }),
    'content-length': body.length,
    ...headers,
  });
  if (fault === 'slow') {
    await dribble(response, body, slowMs, onSent);
  } else if (fault === 'truncate' && variant < 0.5) {
    const half = body.subarray(0, body.length >> 1);
    onSent(half.length);
    // The end of the connection goes out after the bytes; destroyed at once, it would overtake them.
    response.write(half, () => response.socket?.end());
  } else {
    onSent(body.length);
    response.end(body);
  }
}

function faulty(
  { status, body }: Answer,
  { fault, variant }: Draw,
  { tooMany, errorBody }: Dialect,
): { readonly status: number; readonly type: string; readonly plain: Buffer } {
  const type = 'application/json';
  switch (fault) {
    case '429':
    case '429-retry-after':
      return { status: 429, type, plain: tooMany };
    case '500':
      return { status: 500, type, plain: errorBody('Internal Server Error') };
    case 'error-200':
      return { status: 200, type, plain: errorBody('Too many requests') };
    case 'html':
      return { status: 200, type: 'text/html; charset=utf-8', plain: Buffer.from(HTML) };
    case 'empty':
      return { status: 200, type, plain: Buffer.alloc(0) };
    case 'malformed': {
      const broken = Buffer.from(body);
      BROKEN.copy(broken, broken.length >> 1);
      return { status, type, plain: broken };
    }
    case 'truncate':
      return { status, type, plain: variant < 0.5 ? body : body.subarray(0, body.length >> 1) };
    default:
      return { status, type, plain: body };
  }
}

/** In equal parts, each after a pause. Ends with the response, whoever ends it. */
async function dribble(
  response: ServerResponse,
  body: Buffer,
  slowMs: number,
  onSent: (bytes: number) => void,
): Promise<void> {
  const step = Math.ceil(body.length / CHUNKS);
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    const part = body.subarray(at, at + step);
    onSent(part.length);
    response.write(part);
    await pause(slowMs / CHUNKS, response);
  }
  response.end();
}

/** Waits, but no longer than the response is open. */
export function pause(ms: number, response: ServerResponse): Promise<void> {
  if (ms <= 0 || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.on('close', done);
  });
}
