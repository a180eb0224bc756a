import { SETTING_ROWS, type SettingName, type Settings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { keyName } from '../settings/names.ts';

/** Values of settings by key, written as a configuration file has them. */
export type SettingTexts = Readonly<Record<string, string | readonly string[]>>;

/** Groups of settings that say what is ranked, and how. */
const GROUPS: readonly string[] = ['Rules', 'Criteria', 'Plan'];
/** Those of other groups. */
const NAMES: readonly SettingName[] = ['lookback', 'slack', 'top', 'rankBy', 'weight'];

const DECIDING = SETTING_ROWS.filter(([name, { group }]) => GROUPS.includes(group) || NAMES.includes(name));

/** Every setting that a ranking follows from and that has a value, as text. None of them is a secret. */
export function decidingSettings(settings: Settings): SettingTexts {
  const texts: Record<string, string | readonly string[]> = {};
  for (const [name, { kind, many }] of DECIDING) {
    const value = settings[name] as unknown;
    if (many) {
      const values = value as readonly unknown[];
      if (values.length > 0) texts[keyName(name)] = values.map(kind.format);
    } else if (value !== undefined) texts[keyName(name)] = kind.format(value);
  }
  return texts;
}

/**
 * Settings as they are, but for those that a ranking follows from: these are as the texts say, and by default where the texts
 * say nothing, whatever this run was given.
 *
 * Failure: a `ConfigError` with every text that this version does not understand.
 */
export function withDecidingSettings(settings: Settings, texts: SettingTexts): Settings {
  const problems: string[] = [];
  const unknown = new Set(Object.keys(texts));
  const decided: Record<string, unknown> = {};
  for (const [name, { kind, many, default: otherwise }] of DECIDING) {
    const key = keyName(name);
    unknown.delete(key);
    const values = [texts[key] ?? []].flat().map((text) => {
      const value = kind.parse(text);
      if (value === undefined) problems.push(`${key}: expected ${kind.expected}, got \`${text}\``);
      return value;
    });
    decided[name] = many ? values : (values[0] ?? otherwise);
  }
  for (const key of unknown) problems.push(`${key}: this version has no such setting`);
  if (problems.length > 0)
    throw new ConfigError(problems.map((problem) => `The scan’s settings: ${problem}`));
  return { ...settings, ...decided };
}
