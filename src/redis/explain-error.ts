/** Why, and what helps, by the first word of a reply or the code of a socket error. */
export type Remedies = Readonly<Record<string, string>>;

const UNTRUSTED =
  'its certificate is of no authority that is trusted here; start with NODE_EXTRA_CA_CERTS naming a file that has the certificate of the authority';
const NO_TLS = 'it does not speak TLS on this port; write redis:// or correct the port';
const MOVING = 'its cluster moves the keys to another node just now; try again later';

/** What is the same whatever Redis is used for. */
const REMEDIES: Remedies = {
  ECONNREFUSED: 'nothing answers there; start Redis or correct the address',
  ENOTFOUND: 'the host is not known; correct the address',
  EAI_AGAIN: 'the host could not be looked up; check the network and the address',
  EHOSTUNREACH: 'the host cannot be reached; check the network and the address',
  ENETUNREACH: 'the network cannot be reached; check it and the address',
  ETIMEDOUT: 'no connection in time; check the network and the address, and whether rediss:// is right',
  ECONNRESET: 'the connection was cut; check the server and the network',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it, or correct the clock of this machine',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; correct the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host; write the host as the certificate has it',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  UNANSWERED: 'no answer in time; check the server and the network',
  CLOSED: 'it closed the connection; check the server, and whether it wants TLS (rediss://)',
  NOAUTH: 'it asks for a password; put user and password into the address',
  WRONGPASS: 'user or password are refused; correct them in the address',
  READONLY: 'it is a read-only replica; give the address of the primary',
  MISCONF: 'it refuses writes because it cannot save to disk; see its log',
  NOREPLICAS: 'it refuses writes because it has too few replicas',
  NODATABASE: 'the server has no database of this number; choose another',
  CLUSTERDOWN: 'its cluster is down; see its log',
  CROSSSLOT:
    'the keys are on different nodes of its cluster; give their names the same part in braces, such as {scans}',
  ASK: MOVING,
  TRYAGAIN: MOVING,
};

/** Errors that do not start with a word of their own. What a script is refused has the words of Redis 7.2, or of before. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/^Socket timeout/, 'UNANSWERED'],
  [/^Connection is closed/, 'CLOSED'],
  [/^ERR DB index/, 'NODATABASE'],
  [/ACL failure in script|The user executing the script can't/, 'NOPERM'],
];

/**
 * The reason in words; `own` are the remedies of the one who asks. The error itself should go no further: it carries the
 * arguments of its command, the password among them, and old servers repeat arguments in their replies.
 */
export function explainRedisError(error: unknown, own: Remedies): string {
  return remedyOf(error, own) ?? (error as Error).message.split(', with args')[0]!;
}

/** What helps against an error; `undefined` where it is not among those known. */
export function remedyOf(error: unknown, own: Remedies): string | undefined {
  const { message, code = '' } = error as NodeJS.ErrnoException;
  const node = /^MOVED \d+ (\S*)/.exec(message)?.[1];
  if (node !== undefined) return movedTo(node);
  const word = PHRASES.find(([phrase]) => phrase.test(message))?.[1] ?? message.split(' ', 1)[0]!;
  return own[code] ?? REMEDIES[code] ?? own[word] ?? REMEDIES[word];
}

/** The connection stays with the node of its address: all that is used together is on one. */
function movedTo(node: string): string {
  // Without a host it is the one that answered; one of IPv6 comes without the brackets of an address.
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(node) ?? [];
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const there = host === '' ? `the port ${port} of this host` : address;
  return `the keys are on another node of its cluster; give the address of that one: ${there}`;
}
