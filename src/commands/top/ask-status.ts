import { type DaemonStatus, STATUS_FORMAT } from '../../daemon/status.ts';
import { LostGroundError } from '../../errors.ts';

export interface AskStatusOptions {
  /** `HOST:PORT` of a daemon. */
  readonly address: string;
  readonly token?: string | undefined;
  /** Milliseconds for an answer. @default 5000 */
  readonly timeoutMs?: number;
}

/** A daemon that does not let us in: asking again changes nothing. */
export class RefusedError extends LostGroundError {}

/**
 * Asks a daemon for its status.
 *
 * Failure: `RefusedError` where it wants another token, else `LostGroundError` with what to do; nothing of either has the
 * token in it. An abort of `signal` rejects with its reason.
 */
export async function askStatus(
  { address, token, timeoutMs = 5000 }: AskStatusOptions,
  signal: AbortSignal,
): Promise<DaemonStatus> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`http://${address}/api/status`, {
      // Whoever is led elsewhere would take the token there.
      redirect: 'error',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, late]),
    });
    const text = await response.text();
    checkAccess(response.status, address, token);
    return readStatus(text, response.status, address);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof LostGroundError) throw cause;
    if (late.aborted)
      throw new LostGroundError(`The daemon at ${address} has not answered within ${timeoutMs / 1000} s`);
    throw new LostGroundError(
      `Nothing answers at ${address} (${reasonOf(cause)}): start the daemon with --http ${portOf(address)}, or say with --connect HOST:PORT where it listens`,
    );
  }
}

function checkAccess(status: number, address: string, token: string | undefined): void {
  if (status === 401)
    throw new RefusedError(
      token === undefined
        ? `The daemon at ${address} asks for its token: set TAPESCAN_HTTP_TOKEN to the one that it was started with`
        : `The daemon at ${address} has another token than TAPESCAN_HTTP_TOKEN says: set it to the one that it was started with`,
    );
  if (status === 403)
    throw new RefusedError(
      `The daemon at ${address} answers to loopback addresses only: name one with --connect, or give it a token (TAPESCAN_HTTP_TOKEN)`,
    );
}

function readStatus(text: string, status: number, address: string): DaemonStatus {
  const other = `What answers at ${address} is no daemon of this version (status ${status}): name another address with --connect, or restart the daemon`;
  let read: Partial<DaemonStatus> | null;
  try {
    read = JSON.parse(text) as typeof read;
  } catch {
    throw new LostGroundError(other);
  }
  if (status !== 200 || read?.type !== 'status' || read.format !== STATUS_FORMAT)
    throw new LostGroundError(other);
  return read as DaemonStatus;
}

/** What `fetch` failed of: it hides that in its cause, and in that of several addresses in the first of them. */
function reasonOf(cause: unknown): string {
  const { message, cause: inner } = cause as Error;
  const { code } = (inner ?? {}) as NodeJS.ErrnoException;
  return code ?? (inner instanceof Error ? inner.message : message);
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}
