import { SETTING_ROWS } from '../config.ts';
import { keyName } from '../settings/names.ts';
import type { ReadSettings } from '../settings/read-settings.ts';
import { withoutCredentials } from '../settings/without-credentials.ts';

/** Every setting with its value and origin; a secret only says whether it is set, and no URL shows its password. */
export function effectiveSettings({ settings, origins }: ReadSettings): string {
  const lines = SETTING_ROWS.map(([name, { kind, many, secret, unset }]) => {
    const value = settings[name] as unknown;
    const values = many ? (value as readonly unknown[]) : value === undefined ? [] : [value];
    const shown =
      values.length === 0
        ? `(${unset})`
        : secret
          ? '(set)'
          : values.map((one) => withoutCredentials(kind.format(one))).join(', ');
    return `${keyName(name).padEnd(18)} ${shown.padEnd(34)} ${origins[name]}`;
  });
  return `${lines.join('\n')}\n`;
}
