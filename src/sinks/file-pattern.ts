import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { safeFileName } from './safe-file-name.ts';

/** Names that files get by what is in them. */
export interface FilePattern {
  /** Path of a scan's file, below the directory that the pattern is for. */
  pathOf(scan: { readonly session: string; readonly scan: string }): string;
  /** What the parts of such paths look like, from the top. */
  readonly segments: readonly RegExp[];
}

export interface FilePatternOptions {
  /** With its dot. */
  readonly extension: string;
  /** A name, without its extension, that is not for scans. */
  readonly reserved: string;
}

const PLACEHOLDER = /\{([^{}]*)\}/g;
const SHAPES: Readonly<Record<string, string>> = {
  session: String.raw`\d{4}-\d{2}-\d{2}`,
  scan: String.raw`[\w.%~-]+`,
};

/**
 * Reads a pattern such as `{session}/{scan}.{ext}`: a relative path with `{session}` (an ISO date), `{scan}` (its id, made
 * safe by `safeFileName`) and `{ext}`. Failure: `ConfigError` with every problem.
 */
export function parseFilePattern(pattern: string, { extension, reserved }: FilePatternOptions): FilePattern {
  const text = pattern.replaceAll('{ext}', extension.slice(1));
  const names = Array.from(text.matchAll(PLACEHOLDER), ([, name]) => name!);
  const parts = text.split('/');
  const problems: string[] = [];
  const unknown = names.filter((name) => !Object.hasOwn(SHAPES, name));
  if (unknown.length > 0 || /[{}]/.test(text.replaceAll(PLACEHOLDER, '')))
    problems.push(`Expected {session}, {scan} and {ext} in the pattern of files, got \`${pattern}\``);
  else if (names.length === 0)
    problems.push(`Expected {session} or {scan} in the pattern of files, got \`${pattern}\``);
  // The dot first: what is hidden is not seen by who looks for rankings, and is where files are made.
  if (parts.some((part) => part === '' || part.startsWith('.') || part.includes('\0')))
    problems.push(
      `Expected the pattern of files to be a relative path without hidden or empty parts, got \`${pattern}\``,
    );
  if (problems.length > 0) throw new ConfigError(problems);

  return {
    pathOf: ({ session, scan }) => {
      const values: Record<string, string> = { session: safeFileName(session), scan: nameOf(scan, reserved) };
      return join(...parts.map((part) => part.replaceAll(PLACEHOLDER, (_, name: string) => values[name]!)));
    },
    segments: parts.map((part) => {
      const shape = part
        .split(PLACEHOLDER)
        // The odd ones are what was captured.
        .map((piece, index) => (index % 2 === 1 ? SHAPES[piece]! : piece.replaceAll(/[^\w\s]/g, '\\$&')));
      return new RegExp(`^${shape.join('')}$`);
    }),
  };
}

/** A scan that is called like the reserved name gets another one; case aside, as some file systems have it. */
function nameOf(scan: string, reserved: string): string {
  const name = safeFileName(scan);
  if (name.toLowerCase() !== reserved) return name;
  return `%${name.charCodeAt(0).toString(16).toUpperCase()}${name.slice(1)}`;
}
