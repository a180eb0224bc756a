import { LostGroundError } from '../errors.ts';

/** What the system's refusals mean to the person who reads them, and what to do about it. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist; create it or choose another place',
  ENOTDIR: 'a part of its path is a file, not a directory; choose another place',
  EISDIR: 'it is a directory; name a file in it',
  EACCES: 'permission denied; make it and its directory writable or choose another place',
  EPERM: 'permission denied; make it and its directory writable or choose another place',
  EROFS: 'the file system is read-only; choose another place',
  ENOSPC: 'no space left on the device; free some space or choose another place',
  EDQUOT: 'the disk quota is used up; free some space or choose another place',
  EFBIG: 'the file would be larger than is allowed; raise the limit or choose another place',
  ENAMETOOLONG: 'its name is too long; choose a shorter one',
  EEXIST: 'this process is writing it already; give each output its own file',
  EPIPE: 'its reader has gone away; keep the reader running or choose another place',
};

/** The lost ground of a target that cannot be written: names `what`, says why and what helps. */
export function cannotWrite(what: string, cause: unknown): LostGroundError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new LostGroundError(`cannot write ${what}: ${REMEDIES[code] ?? message}`, { cause });
}
