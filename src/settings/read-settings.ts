import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { CommandName } from '../command-names.ts';
import {
  type Environment,
  OPERANDS,
  SETTING_ROWS,
  type Setting,
  type SettingName,
  type Settings,
} from '../config.ts';
import { ConfigError } from '../errors.ts';
import { envName, flagName, keyName } from './names.ts';
import { nearest } from './nearest.ts';
import { withoutCredentials } from './without-credentials.ts';

/** Where a value came from: an option, a variable, the configuration file, or the default. */
export type Origin = 'option' | 'variable' | 'file' | 'default';

export interface ReadSettings {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  /** What was given beside options: as many as the command takes. */
  readonly operands: readonly string[];
}

/** Texts that were given for a setting, and how to name them in a message. */
interface Given {
  readonly texts: readonly string[];
  readonly origin: Origin;
  readonly as: string;
}

/**
 * Reads the settings of a command from its options, the environment and a configuration file.
 *
 * Failure: a `ConfigError` with every problem: unknown options (with the nearest known one), values that are not of
 * their kind, a file that cannot be read.
 */
export async function readSettings(
  command: CommandName,
  argv: readonly string[],
  env: Environment,
): Promise<ReadSettings> {
  const problems: string[] = [];
  const { options, operands } = readOptions(command, argv, problems);
  const configFile = options.get('config')?.at(-1) ?? (env.TAPESCAN_CONFIG || undefined);
  const file = configFile === undefined ? new Map() : await readConfigFile(configFile, problems);

  problems.push(...unknownVariables(env));
  const settings: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const [name, setting] of SETTING_ROWS) {
    const given = firstGiven(name, setting, options, env, file, configFile);
    origins[name] = given?.origin ?? 'default';
    const values = (given?.texts ?? []).map((text) => {
      const value = setting.kind.parse(text);
      if (value === undefined) {
        const shown = setting.secret ? 'something else' : `\`${withoutCredentials(text)}\``;
        problems.push(`${given!.as}: expected ${setting.kind.expected}, got ${shown}`);
      }
      return value;
    });
    settings[name] = setting.many
      ? values
      : given
        ? values.at(-1)
        : (setting.fallback?.(env) ?? setting.default);
  }
  const read = settings as unknown as Settings;
  if (problems.length === 0 && ['scan', 'daemon', 'doctor', 'validate'].includes(command))
    problems.push(...contradictions(read));
  if (problems.length > 0) throw new ConfigError(problems);
  return { settings: read, origins: origins as Record<SettingName, Origin>, operands };
}

/** A misspelt variable would be a setting that does nothing. */
function unknownVariables(env: Environment): string[] {
  const known = new Map([
    ['TAPESCAN_CONFIG', true],
    ...SETTING_ROWS.map(([name]) => [envName(name), true] as const),
  ]);
  return Object.keys(env)
    .filter((name) => name.startsWith('TAPESCAN_') && !known.has(name))
    .map((name) => `Unknown variable \`${name}\`${suggestion(name, known)}`);
}

/** Values that are right one by one and wrong together. */
function contradictions(settings: Settings): string[] {
  const { timeout, symbolTimeout, source } = settings;
  const problems: string[] = [];
  if (symbolTimeout < timeout) {
    problems.push(
      '--symbol-timeout: expected at least --timeout, which bounds one of a symbol’s requests; raise it or lower --timeout',
    );
  }
  for (const [name, isNeeded] of credentialsOf(settings)) {
    const value = settings[name];
    if (value === undefined && isNeeded) {
      problems.push(
        `${envName(name)}: expected an API key for --source ${source}; set it, or try --source simulator, which needs none`,
      );
    } else if (value !== undefined && /[^\x21-\x7e]/.test(value)) {
      problems.push(
        `${envName(name)}: expected printable characters without spaces; it may have been cut or quoted`,
      );
    }
  }
  if (source === 'archive' && settings.archive === undefined) {
    problems.push('--archive: expected a file or a folder for --source archive');
  }
  if (settings.live && settings.asOf !== undefined) {
    problems.push('--live: expected no --as-of: the session under way is today’s');
  }
  if (settings.http !== undefined && settings.httpToken === undefined && !isLoopback(settings.httpHost)) {
    problems.push(
      'TAPESCAN_HTTP_TOKEN: expected a token where --http-host is not a loopback address: others could read all',
    );
  }
  if (settings.universe === '-' && (settings.every !== undefined || settings.cron !== undefined)) {
    problems.push(
      '--universe: expected a file or us-stocks for --every or --cron: standard input has its own lists',
    );
  }
  if (settings.watch && (settings.universe === '-' || settings.universe === 'us-stocks')) {
    problems.push(
      `--universe: expected a file for --watch, got ${settings.universe}: only a file can be watched`,
    );
  }
  if (settings.rateRedis !== undefined && settings.rate === undefined) {
    problems.push('--rate: expected a limit to share through TAPESCAN_RATE_REDIS');
  }
  return problems;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** The credentials of the source, and whether it goes nowhere without them: what is not the real service may not ask. */
function credentialsOf(
  settings: Settings,
): readonly (readonly ['polygonKey' | 'alpacaKeyId' | 'alpacaSecret' | 'tiingoToken', boolean])[] {
  const isReal = (url: string) => new URL(url).protocol === 'https:';
  switch (settings.source) {
    case 'polygon':
      return [['polygonKey', isReal(settings.polygonUrl)]];
    case 'alpaca':
      return [
        ['alpacaKeyId', isReal(settings.alpacaUrl)],
        ['alpacaSecret', isReal(settings.alpacaUrl)],
      ];
    case 'tiingo':
      return [['tiingoToken', isReal(settings.tiingoUrl)]];
    default:
      return [];
  }
}

function firstGiven(
  name: SettingName,
  setting: Setting<unknown>,
  options: ReadonlyMap<string, readonly string[]>,
  env: Environment,
  file: ReadonlyMap<string, readonly string[]>,
  configFile: string | undefined,
): Given | undefined {
  const option = options.get(keyName(name));
  if (option !== undefined) return { texts: option, origin: 'option', as: flagName(name) };
  const variable = env[envName(name)];
  if (variable !== undefined && variable !== '') {
    const texts = setting.many ? variable.split(setting.many === 'lines' ? /\n+/ : ',') : [variable];
    return { texts, origin: 'variable', as: envName(name) };
  }
  const value = file.get(keyName(name));
  if (value !== undefined) return { texts: value, origin: 'file', as: `${configFile}: ${keyName(name)}` };
  return undefined;
}

/** Texts by key of the options on the command line, and what stands beside them. */
function readOptions(
  command: CommandName,
  argv: readonly string[],
  problems: string[],
): { readonly options: Map<string, string[]>; readonly operands: readonly string[] } {
  const known = new Map<string, 'string' | 'boolean'>([
    ['config', 'string'],
    ['help', 'boolean'],
  ]);
  for (const [name, { commands, value, secret }] of SETTING_ROWS) {
    if (commands.includes(command) && !secret)
      known.set(keyName(name), value === undefined ? 'boolean' : 'string');
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries([...known].map(([key, type]) => [key, { type }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options = new Map<string, string[]>();
  const operands: string[] = [];
  // What follows an option that is not known is likely its value: it is no problem of its own, nor to be shown.
  let valueOfUnknown: number | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (token.index === valueOfUnknown) continue;
      if (operands.length < OPERANDS[command].length) operands.push(token.value);
      else problems.push(unexpected(command, token.value));
    } else if (token.kind === 'option') {
      const type = known.get(token.name);
      if (type === undefined) {
        problems.push(unknownOption(token.name, token.rawName, known));
        valueOfUnknown = token.index + 1;
      } else if (type === 'string' && !token.inlineValue && (token.value ?? '--').startsWith('--')) {
        problems.push(`${token.rawName}: expected a value`);
      } else options.set(token.name, [...(options.get(token.name) ?? []), token.value ?? 'true']);
    }
  }
  for (const missing of OPERANDS[command].slice(operands.length)) {
    problems.push(`Expected ${missing}: \`tapescan help ${command}\` shows how to call it`);
  }
  return { options, operands };
}

function unexpected(command: CommandName, given: string): string {
  const remedy =
    command === 'scan' || command === 'validate'
      ? 'symbols come from standard input or --universe FILE'
      : OPERANDS[command].length === 0
        ? 'this command takes options only'
        : `this command takes ${OPERANDS[command].join(' and ')} only`;
  return `Unexpected \`${given}\`: ${remedy}`;
}

function unknownOption(key: string, given: string, known: ReadonlyMap<string, unknown>): string {
  const secret = SETTING_ROWS.find(([name, setting]) => setting.secret && keyName(name) === key);
  return secret === undefined
    ? `Unknown option \`${given}\`${suggestion(key, known, '--')}`
    : `${given}: a secret does not belong on the command line, where others can see it; set ${envName(secret[0])}`;
}

/** Texts by key of a configuration file. */
async function readConfigFile(path: string, problems: string[]): Promise<Map<string, readonly string[]>> {
  const texts = new Map<string, readonly string[]>();
  let document: unknown;
  try {
    const { parse } = await import('yaml');
    // Values stay the texts that they are: 007 is a name as well as a number.
    document = parse(readFileSync(path, 'utf8'), { schema: 'failsafe' });
  } catch (error) {
    problems.push(`${path}: cannot be read as YAML: ${(error as Error).message.split('\n')[0]}`);
    return texts;
  }
  if (document === null) return texts;
  if (typeof document !== 'object' || Array.isArray(document)) {
    problems.push(`${path}: expected \`setting: value\` lines`);
    return texts;
  }
  const known = new Map(SETTING_ROWS.map(([name, setting]) => [keyName(name), setting]));
  for (const [key, value] of Object.entries(document)) {
    const setting = known.get(key);
    if (setting === undefined) problems.push(`${path}: unknown setting \`${key}\`${suggestion(key, known)}`);
    else if (setting.secret)
      problems.push(`${path}: ${key}: a secret does not belong in a file; set its variable`);
    else if (Array.isArray(value) && !setting.many)
      problems.push(`${path}: ${key}: expected one value, got a list`);
    else {
      const values = valuesOf(value, setting.many !== undefined);
      if (values.every((one) => typeof one === 'string')) texts.set(key, values);
      else problems.push(`${path}: ${key}: expected plain values, got something nested`);
    }
  }
  return texts;
}

/** The values of a key; a map of names is as many `NAME=VALUE`. */
function valuesOf(value: unknown, many: boolean): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!many || typeof value !== 'object' || value === null) return [value];
  return Object.entries(value).map(([name, one]) => (typeof one === 'string' ? `${name}=${one}` : one));
}

/** The known name nearest to a misspelt one, as the end of a message. */
function suggestion(given: string, known: ReadonlyMap<string, unknown>, prefix = ''): string {
  const name = nearest(given, known.keys());
  return name === undefined ? '' : `; did you mean \`${prefix}${name}\`?`;
}
