import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** The headers that are looked at. */
export interface AccessHeaders {
  readonly authorization?: string | undefined;
  readonly host?: string | undefined;
}

/** Whether an address or a name is of this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** Whether a text can be a token: 16 or more characters that a header carries as they are. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]{16,}$/.test(text);
}

/**
 * Who may ask. With a token: who sends it as bearer, compared in constant time. Without one: who calls this machine by a
 * name of its own, so that a page in a browser cannot come in by a name that it had pointed here (DNS rebinding).
 */
export function createAccess(token: string | undefined): (headers: AccessHeaders) => Refusal | undefined {
  if (token === undefined) {
    return ({ host = '' }) =>
      isLoopback(hostnameOf(host)) ? undefined : { status: 403, message: 'Expected a loopback host' };
  }
  const expected = digest(token);
  return ({ authorization = '' }) => {
    const [, given = ''] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    // Digests are of one length, whatever was sent.
    return timingSafeEqual(digest(given), expected)
      ? undefined
      : { status: 401, message: 'Expected the token as bearer' };
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The header `host` without its port and brackets. */
function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
