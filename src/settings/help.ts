import type { CommandName } from '../command-names.ts';
import { GROUPS, SETTING_ROWS, type Setting } from '../config.ts';
import { envName, flagName } from './names.ts';

const WIDTH = 96;
const INDENT = 30;

/** The options of a command as `--help` shows them, under their headings. */
export function optionsHelp(command: CommandName): string {
  return GROUPS.flatMap((group) => {
    const rows = SETTING_ROWS.filter(
      ([, setting]) => setting.group === group && setting.commands.includes(command),
    );
    if (rows.length === 0) return [];
    const heading = group === 'Simulator' && command === 'scan' ? 'With --source simulator' : group;
    return [`${heading}:`, ...rows.map(([name, setting]) => helpLine(name, setting)), ''];
  }).join('\n');
}

function helpLine(name: string, setting: Setting<unknown>): string {
  const { secret, value, help } = setting;
  const option = secret ? envName(name) : `${flagName(name)}${value === undefined ? '' : ` ${value}`}`;
  const shown = defaultText(setting);
  const lines = wrap(shown === undefined ? help : `${help} [${shown}]`, WIDTH - INDENT);
  const head = `  ${option}`;
  const first = head.length < INDENT - 1 ? head.padEnd(INDENT) + lines.shift()! : head;
  return [first, ...lines.map((line) => ' '.repeat(INDENT) + line)].join('\n');
}

/** What holds where nothing is said; nothing for a switch that is off. */
export function defaultText({ kind, default: value, unset }: Setting<unknown>): string | undefined {
  if (value === undefined) return unset;
  return value === false ? undefined : kind.format(value);
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
