/** The reference pages, as text, from the tables of the code. */
import { GROUPS, SETTING_ROWS } from '../../src/config.ts';
import { SKIP_REASONS, SYMBOL_ERRORS } from '../../src/errors.ts';
import { RULES } from '../../src/rules.ts';
import { defaultText } from '../../src/settings/help.ts';
import { envName, flagName } from '../../src/settings/names.ts';

const GENERATED = '<!-- Written by `npm run docs`. -->';

/** Every setting: option, variable, default, what it takes and what it does. */
export function settingsReference(): string {
  const groups = GROUPS.map((group) => {
    const rows = SETTING_ROWS.filter(([, setting]) => setting.group === group).map(([name, setting]) =>
      row([
        setting.secret
          ? ''
          : code(`${flagName(name)}${setting.value === undefined ? '' : ` ${setting.value}`}`),
        code(envName(name)),
        defaultText(setting) ?? 'off',
        `${setting.help}. Takes ${setting.kind.expected}.`,
      ]),
    );
    return `## ${group}\n\n${row(['option', 'variable', 'default', 'meaning'])}\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${GENERATED}

# Settings

An option wins over a variable, a variable over the file that \`--config FILE\` (or \`TAPESCAN_CONFIG\`) names, and that
over the default. The file is YAML; its keys are the options without dashes in front (\`cache-dir: /var/cache/tapescan\`),
a setting that may be repeated is a list there, and comma-separated in a variable. Secrets are variables only.
\`tapescan validate\` shows what holds, and from where.

${groups.join('\n')}`;
}

/** Every way out of a scan, by name. */
export function errorReference(): string {
  const failures = Object.entries(SYMBOL_ERRORS).map(([name, { retryable, meaning }]) =>
    row([code(name), retryable ? 'yes' : 'no', meaning]),
  );
  const reasons = Object.entries(SKIP_REASONS).map(([name, { meaning }]) => row([code(name), meaning]));
  const rules = Array.from(RULES, ([name, { stage, meaning }]) => row([code(name), stage, meaning]));
  return `${GENERATED}

# Outcomes

Every symbol that comes in leaves with exactly one outcome: \`ranked\`, \`filtered\` (by a rule), \`stale\` (its last bar is
older than the as-of session), \`failed\` (with a code, at a stage) or \`skipped\` (for a reason). \`--receipts FILE\` writes
them, a line each.

## Rules that filter

${row(['rule', 'stage', 'a symbol is filtered when'])}
|---|---|---|
${rules.join('\n')}

\`screen:NAME\` is a condition of \`--screen\` that it does not meet, \`screen:where\` that of \`--where\`. \`--rule NAME=off\`
turns a rule off, but for \`malformed\` and \`no-data\`.

## Codes of failures

${row(['code', 'asked again', 'meaning'])}
|---|---|---|
${failures.join('\n')}

## Reasons for skipping

${row(['reason', 'a symbol is skipped when'])}
|---|---|
${reasons.join('\n')}
`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
