import { formatSession } from '../session.ts';
import type { Session } from '../types.ts';

/** Unique without a register: the session, the time and four random characters. */
export function newScanId(asOf: Session): string {
  const chance = Math.floor(Math.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${formatSession(asOf)}.${Date.now().toString(36)}${chance}`;
}
