import { randomUUID } from 'node:crypto';
import { choice, date, integer, type Kind, text } from '../settings/kinds.ts';
import { nearest } from '../settings/nearest.ts';
import type { Session } from '../types.ts';
import { printable } from '../universe/printable.ts';

/** What one scan of a daemon is to do. Where it says nothing, the daemon's own settings apply. */
export type ScanRequest = RequestedSettings &
  (
    | {
        /** Symbols, or the bytes of a list in any form of `list-format.ts`, to be read once. */
        readonly list: readonly string[] | AsyncIterable<Uint8Array>;
        readonly universe?: never;
      }
    | {
        /** A file with a list, or a list that the provider has (`us-stocks`). */
        readonly universe: string;
        readonly list?: never;
      }
  );

export interface RequestedSettings {
  /** Names the request in answers, rows and files: letters, digits, `.`, `_`, `:` and `-`. */
  readonly id: string;
  /** Rows, at most. */
  readonly top?: number;
  /** A condition. */
  readonly where?: string;
  /** Names of conditions. */
  readonly screen?: readonly string[];
  readonly asOf?: Session;
  readonly rankBy?: 'classic' | 'composite';
}

/** A request, or everything that is wrong with it: each problem names the field and what was expected. */
export type ParsedRequest = { readonly request: ScanRequest } | { readonly problems: readonly string[] };

/** The value of a field, or `undefined` and a problem more. */
type ReadField = (value: unknown, name: string, problems: string[]) => unknown;

const ID: Kind<string> = {
  expected: '1 to 100 letters, digits, . _ : or -, the first a letter or digit',
  parse: (given) => (/^[a-z\d][\w.:-]{0,99}$/i.test(given) ? given : undefined),
  format: String,
};

const UNIVERSE: Kind<string> = {
  ...text('a file, or us-stocks'),
  // What a scan takes for standard input: there are the requests themselves.
  parse: (given) => (given === '' || given === '-' ? undefined : given),
};

/** All fields of a request; one of `symbols` and `universe` is needed. */
const FIELDS: Readonly<Record<string, ReadField>> = {
  id: textOf(ID),
  symbols: textsOf(text('a symbol'), 'a list of one symbol or more'),
  universe: textOf(UNIVERSE),
  top: numberOf(integer(1, 10_000_000)),
  where: textOf(text('a condition')),
  screen: textsOf(text('the name of a screen'), 'a list of one name of a screen or more'),
  asOf: textOf(date),
  rankBy: textOf(choice(['classic', 'composite'])),
};

/**
 * Reads a request: a JSON object such as `{"symbols":["AAPL","MSFT"],"top":10}`.
 *
 * Fields are `id`, either `symbols` or `universe`, `top`, `where`, `screen`, `asOf` (a date) and `rankBy`; there are
 * no others. `fallbackId` is its id where it gives none. Failure: problems, all of them at once.
 */
export function parseRequest(json: string, fallbackId: string = randomUUID()): ParsedRequest {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch (error) {
    return { problems: [`expected JSON: ${printable((error as Error).message, 200)}`] };
  }
  if (!isObject(given)) return { problems: [`expected a JSON object, got ${shown(given)}`] };

  const problems: string[] = [];
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (Object.hasOwn(FIELDS, name)) read[name] = FIELDS[name]!(value, name, problems);
    else problems.push(unknownField(name));
  }
  const sources = ['symbols', 'universe'].filter((name) => Object.hasOwn(given, name));
  if (sources.length !== 1)
    problems.push(
      `symbols, universe: expected one of them, got ${sources.length === 0 ? 'neither' : 'both'}`,
    );
  if (problems.length > 0) return { problems };

  const { symbols, ...others } = read;
  return {
    request: { id: fallbackId, ...others, ...(symbols !== undefined && { list: symbols }) } as ScanRequest,
  };
}

/**
 * Whether a line of JSON is one of a list of symbols and no request: an object with `symbol` or `ticker`, and none of
 * the fields of a request.
 */
export function isSymbolLine(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    if (!isObject(value)) return false;
    const names = Object.keys(value);
    return (
      (names.includes('symbol') || names.includes('ticker')) &&
      !names.some((name) => Object.hasOwn(FIELDS, name))
    );
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf<T>(kind: Kind<T>): ReadField {
  return (value, name, problems) => {
    const read = typeof value === 'string' ? kind.parse(value) : undefined;
    if (read === undefined) problems.push(`${name}: expected ${kind.expected}, got ${shown(value)}`);
    return read;
  };
}

function numberOf(kind: Kind<number>): ReadField {
  return (value, name, problems) => {
    const read = typeof value === 'number' ? kind.parse(String(value)) : undefined;
    if (read === undefined) problems.push(`${name}: expected ${kind.expected}, got ${shown(value)}`);
    return read;
  };
}

function textsOf(kind: Kind<string>, expected: string): ReadField {
  const isOne = (value: unknown) => typeof value === 'string' && kind.parse(value) !== undefined;
  return (value, name, problems) => {
    if (!Array.isArray(value) || value.length === 0) {
      problems.push(`${name}: expected ${expected}, got ${shown(value)}`);
      return undefined;
    }
    const wrong = value.findIndex((one) => !isOne(one));
    if (wrong === -1) return value;
    problems.push(`${name}[${wrong}]: expected ${kind.expected}, got ${shown(value[wrong])}`);
    return undefined;
  };
}

function unknownField(name: string): string {
  const near = nearest(name, Object.keys(FIELDS));
  const suggestion = near === undefined ? '' : `; did you mean \`${near}\`?`;
  return `unknown field \`${printable(name, 40)}\`${suggestion}`;
}

function shown(value: unknown): string {
  return `\`${printable(JSON.stringify(value))}\``;
}
