import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/command-names.ts';
import { GROUPS, SETTING_ROWS } from '../../src/config.ts';
import { defaultText, optionsHelp } from '../../src/settings/help.ts';
import { envName, flagName } from '../../src/settings/names.ts';

/** The help of each option by its name, on one line. */
function entriesOf(help: string): Map<string, string> {
  const entries = new Map<string, string>();
  let name = '';
  for (const line of help.split('\n')) {
    const [, option, rest = ''] = /^ {2}(\S+)(.*)$/.exec(line) ?? [];
    if (option !== undefined) {
      name = option;
      entries.set(name, rest.trim());
    } else if (line.startsWith('   ')) {
      entries.set(name, `${entries.get(name)} ${line.trim()}`.trim());
    }
  }
  return entries;
}

describe.each(COMMANDS)('the help of %s', (command) => {
  const help = optionsHelp(command);
  const entries = entriesOf(help);
  const rows = SETTING_ROWS.filter(([, setting]) => setting.commands.includes(command));

  it.each(rows)('shows %s with its value, its meaning and its default', (name, setting) => {
    const shown = setting.secret ? envName(name) : flagName(name);
    const value = setting.value === undefined || setting.secret ? '' : `${setting.value} `;
    const held = defaultText(setting);
    const meaning = held === undefined ? setting.help : `${setting.help} [${held}]`;
    expect(entries.get(shown)?.replace(/ +/g, ' ')).toBe(`${value}${meaning}`);
  });

  it('shows nothing else, in lines that fit a terminal', () => {
    expect(entries.size).toBe(rows.length);
    for (const line of help.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it('has its headings in the order of the groups', () => {
    const headings = help.match(/^\S.*(?=:$)/gm) ?? [];
    const groups = GROUPS.filter((group) => rows.some(([, setting]) => setting.group === group));
    expect(
      headings.map((heading) => (heading === 'With --source simulator' ? 'Simulator' : heading)),
    ).toEqual(groups);
  });
});

it('says for every setting what holds where nothing is said, but for switches that are off', () => {
  for (const [name, setting] of SETTING_ROWS) {
    expect(setting.default === undefined, name).toBe(setting.unset !== undefined);
    if (setting.default !== false) expect(defaultText(setting), name).toBeTypeOf('string');
  }
});
