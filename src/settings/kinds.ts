/** What a setting's text may be. Each kind says what it expects, and turns text into a value or refuses it. */
import { formatSession, parseSession } from '../session.ts';

export interface Kind<T> {
  /** Completes "expected …". */
  readonly expected: string;
  /** The value, or `undefined` where the text is not of this kind. */
  readonly parse: (text: string) => T | undefined;
  /** How a value is written: the inverse of `parse`. */
  readonly format: (value: T) => string;
}

export function text(expected = 'text'): Kind<string> {
  return { expected, parse: (given) => (given === '' ? undefined : given), format: String };
}

export function integer(min: number, max: number): Kind<number> {
  return {
    expected: `an integer from ${group(min)} to ${group(max)}`,
    parse: (given) => {
      const value = Number(given);
      return /^-?\d+$/.test(given) && value >= min && value <= max ? value : undefined;
    },
    format: String,
  };
}

/** As numbers are written, the very small ones with an exponent. */
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

export function decimal(min: number, max: number): Kind<number> {
  return {
    expected: `a number from ${group(min)} to ${group(max)}`,
    parse: (given) => {
      const value = Number(given);
      return NUMBER.test(given) && value >= min && value <= max ? value : undefined;
    },
    format: String,
  };
}

/** An integer, or a word that leaves the choice to the program. */
export function integerOr<W extends string>(word: W, min: number, max: number): Kind<number | W> {
  const numbers = integer(min, max);
  return {
    expected: `${numbers.expected}, or ${word}`,
    parse: (given) => (given === word ? word : numbers.parse(given)),
    format: String,
  };
}

export function choice<T extends string>(choices: readonly T[]): Kind<T> {
  return {
    expected: `one of ${choices.join(', ')}`,
    parse: (given) => choices.find((one) => one === given),
    format: String,
  };
}

/** One of some names with a number. */
export function namedNumber<N extends string>(names: readonly N[]): Kind<readonly [N, number]> {
  return {
    expected: `NAME=NUMBER with one of the names ${names.join(', ')}`,
    parse: (given) => {
      const [, name, number = ''] = /^(\w+)=(.+)$/.exec(given) ?? [];
      const known = names.find((one) => one === name);
      const value = NUMBER.test(number) ? Number(number) : Number.NaN;
      return known !== undefined && Number.isFinite(value) ? [known, value] : undefined;
    },
    format: ([name, number]) => `${name}=${number}`,
  };
}

/** A name of one's own with a text. */
export function namedText(meaning: string): Kind<readonly [string, string]> {
  return {
    expected: `NAME=${meaning}, the name of small letters, digits and dashes`,
    parse: (given) => {
      const [, name, value] = /^\s*([a-z][a-z0-9-]*)\s*=(?!=)\s*(.*\S)\s*$/s.exec(given) ?? [];
      return name === undefined ? undefined : [name, value!];
    },
    format: ([name, value]) => `${name}=${value}`,
  };
}

/** One of some names, on or off. */
export function namedSwitch<N extends string>(names: readonly N[]): Kind<readonly [N, boolean]> {
  return {
    expected: `NAME=on or NAME=off with one of the names ${names.join(', ')}`,
    parse: (given) => {
      const [, name, state] = /^([\w-]+)=(on|off)$/.exec(given) ?? [];
      const known = names.find((one) => one === name);
      return known === undefined ? undefined : [known, state === 'on'];
    },
    format: ([name, isOn]) => `${name}=${isOn ? 'on' : 'off'}`,
  };
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

export const flag: Kind<boolean> = {
  expected: 'true or false',
  parse: (given) => FLAGS.get(given.toLowerCase()),
  format: String,
};

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds, written with a unit. */
export function duration(min: string, max: string): Kind<number> {
  const read = (given: string) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(given) ?? [];
    return number === undefined ? Number.NaN : Number(number) * MS[unit!]!;
  };
  return {
    expected: `a time with its unit (500ms, 10s, 5m, 1h) from ${min} to ${max}`,
    parse: (given) => {
      const value = read(given);
      return value >= read(min) && value <= read(max) ? value : undefined;
    },
    format: (value) => {
      const unit = ['h', 'm', 's'].find((one) => value !== 0 && value % MS[one]! === 0) ?? 'ms';
      return `${value / MS[unit]!}${unit}`;
    },
  };
}

const PER_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Calls in a time. */
export const rate: Kind<{ readonly calls: number; readonly perMs: number }> = {
  expected: 'calls in a second, minute or hour (100/s, 5/m, 50/h)',
  parse: (given) => {
    const [, calls, unit] = /^(\d{1,7})\/(s|m|h)$/.exec(given) ?? [];
    return calls === undefined || Number(calls) === 0
      ? undefined
      : { calls: Number(calls), perMs: PER_MS[unit!]! };
  },
  format: ({ calls, perMs }) => `${calls}/${Object.keys(PER_MS).find((unit) => PER_MS[unit] === perMs)}`,
};

const BYTES: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** Bytes, written with a unit. */
export function size(minBytes: number): Kind<number> {
  return {
    expected: `a size with its unit (64MB, 4GB), ${minBytes >= 2 ** 20 ? `${minBytes / 2 ** 20}MB` : `${minBytes / 2 ** 10}KB`} or more`,
    parse: (given) => {
      const [, number, unit] = /^(\d+)(KB|MB|GB)$/i.exec(given) ?? [];
      if (number === undefined) return undefined;
      const value = Number(number) * BYTES[unit!.toUpperCase()]!;
      return value >= minBytes ? value : undefined;
    },
    format: (value) => {
      const unit = ['GB', 'MB'].find((one) => value % BYTES[one]! === 0) ?? 'KB';
      return `${value / BYTES[unit]!}${unit}`;
    },
  };
}

/** A date as a session number. */
export const date: Kind<number> = {
  expected: 'a date like 2026-11-20',
  parse: (given) => {
    const session = parseSession(given);
    return Number.isNaN(session) ? undefined : session;
  },
  format: formatSession,
};

export const httpUrl: Kind<string> = {
  expected: 'a URL that starts with https:// (or http://) and holds no user, password or query',
  parse: (given) => {
    if (!URL.canParse(given)) return undefined;
    const { protocol, username, password, search } = new URL(given);
    return /^https?:$/.test(protocol) && !username && !password && !search ? given : undefined;
  },
  format: String,
};

// Not `toLocaleString`: loading the locale takes 20 ms of every start.
function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
