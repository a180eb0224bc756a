/** Why, and what helps, by the first word of a reply or the code of a socket error. */
export type Remedies = Readonly<Record<string, string>>;

/** What is the same whatever Redis is used for. */
const REMEDIES: Remedies = {
  ECONNREFUSED: 'nothing answers there; start Redis or correct the address',
  ENOTFOUND: 'the host is not known; correct the address',
  EAI_AGAIN: 'the host could not be looked up; check the network and the address',
  EHOSTUNREACH: 'the host cannot be reached; check the network and the address',
  ENETUNREACH: 'the network cannot be reached; check it and the address',
  ETIMEDOUT: 'no connection in time; check the network and the address',
  ECONNRESET: 'the connection was cut; check the server and the network',
  NOAUTH: 'it asks for a password; put user and password into the address',
  WRONGPASS: 'user or password are refused; correct them in the address',
  READONLY: 'it is a read-only replica; give the address of the primary',
  MISCONF: 'it refuses writes because it cannot save to disk; see its log',
  NOREPLICAS: 'it refuses writes because it has too few replicas',
};

/**
 * The reason in words; `own` are the remedies of the one who asks. The error itself should go no further: it carries the
 * arguments of its command, the password among them, and old servers repeat arguments in their replies.
 */
export function explainRedisError(error: unknown, own: Remedies): string {
  const known = remedyOf(error, own);
  if (known !== undefined) return known;
  const { message } = error as Error;
  if (message.startsWith('ERR DB index')) return 'the server has no database of this number; choose another';
  return message.split(', with args')[0]!;
}

/** What helps against an error; `undefined` where it is not among those known. */
export function remedyOf(error: unknown, own: Remedies): string | undefined {
  const { message, code = '' } = error as NodeJS.ErrnoException;
  const word = message.split(' ', 1)[0]!;
  return own[code] ?? REMEDIES[code] ?? own[word] ?? REMEDIES[word];
}
