import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorReference, settingsReference } from '../scripts/support/reference.ts';
import { SETTING_ROWS } from '../src/config.ts';
import { FEATURES } from '../src/features.ts';
import { flagName } from '../src/settings/names.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
];

describe('documentation', () => {
  it('has the reference pages as the code says them', () => {
    expect(read('docs/settings.md')).toBe(settingsReference());
    expect(read('docs/outcomes.md')).toBe(errorReference());
  });

  it.each(pages)('%s names only options that exist', (page) => {
    const known = new Set(SETTING_ROWS.map(([name]) => flagName(name)));
    // Options of this command; `npx` and `node` have their own.
    const used = [...read(page).matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);
    const others = ['--config', '--symbols', '--help', '--full', '--only'];
    expect(used.filter((option) => !known.has(option) && !others.includes(option))).toEqual([]);
  });

  it.each(pages)('%s links to files that exist', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
    expect(links.filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([]);
  });

  it.each(pages)('%s names only files of the tree that exist', (page) => {
    const named = [...read(page).matchAll(/\b(?:src|test|bench|docs)\/[\w./-]+\.(?:ts|md)\b/g)].map(
      ([path]) => path,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('defines every feature', () => {
    const text = read('docs/scoring.md');
    expect(FEATURES.filter((feature) => !text.includes(`\`${feature}\``))).toEqual([]);
  });

  it('gives the commands that CI runs', () => {
    expect(read('README.md')).toContain('    npm ci && npm test\n');
    expect(read('.ci/run')).toContain('\nnpm ci && npm test\n');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, script] of read('CONTRIBUTING.md').matchAll(/^ {4}npm run ([a-z]+)/gm)) {
      expect(scripts).toHaveProperty(script!);
    }
  });
});
