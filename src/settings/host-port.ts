import type { Kind } from './kinds.ts';

/** An address to connect to: a name, an IPv4 address or an IPv6 address in brackets, and a port. */
export const hostPort: Kind<string> = {
  expected: 'HOST:PORT, an IPv6 address in brackets',
  parse: (given) => {
    const [, port] = /^(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/i.exec(given) ?? [];
    const number = Number(port);
    // An address that is none of those, such as `[:::]`, is found out here.
    return number >= 1 && number <= 65_535 && URL.canParse(`http://${given}`) ? given : undefined;
  },
  format: String,
};
