import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startSimulatorCli } from '../support/run-cli.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const STEP_MS = 150_000;
const SOURCES = ['bin', 'docs', 'scripts', 'src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

const folder = mkdtempSync(join(tmpdir(), 'tapescan-package-'));
const project = join(folder, 'project');
const bin = join(project, 'node_modules/.bin/tapescan');
/** Why there is no package to test: the registry cannot be reached. */
let missing: string | undefined;

beforeAll(async () => {
  // A copy: building in the checkout would take `dist` away under whoever uses it.
  const source = join(folder, 'source');
  for (const name of SOURCES) cpSync(join(ROOT, name), join(source, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], source);
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];

  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}');
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries', '1'];
  try {
    await npm(['install', ...flags, join(folder, filename)], project);
  } catch (error) {
    const unreachable = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/.exec(
      (error as Error).message,
    );
    if (unreachable === null || process.env.CI) throw error;
    missing = `the registry cannot be reached: ${unreachable[0]}`;
  }
}, 2 * STEP_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('runs by its name where it is installed', { timeout: STEP_MS }, async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const ended = await runCli(['--no-install', 'tapescan', 'version'], { command: 'npx', cwd: project });
    expect(ended).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('scans there as the sources do', { timeout: STEP_MS }, async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const args = ['scan', '--source', 'simulator', '--symbols', '60', '--scan-id', 'same', '--workers', '2'];
    const { stdout: input } = await runCli(['simulate', '--list', '--symbols', '60'], { command: bin });
    const [installed, sources] = await Promise.all([
      runCli(args, { input, command: bin }),
      runCli(args, { input }),
    ]);
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    expect(installed.stdout.split('\n').length).toBeGreaterThan(30);
    expect(installed.stdout).toBe(sources.stdout);
  });

  it('is a library with types', { timeout: STEP_MS }, async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const simulator = await startSimulatorCli(['--symbols', '60']);
    try {
      writeFileSync(join(project, 'example.ts'), exampleFor(simulator.url));
      const typeRoots = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node'];
      const compile = ['--strict', '--module', 'nodenext', '--target', 'es2024', ...typeRoots, 'example.ts'];
      // The package's own declarations are checked too: no `skipLibCheck`.
      await run(join(ROOT, 'node_modules/.bin/tsc'), compile, { cwd: project, timeout: STEP_MS });
      const { stdout } = await run(process.execPath, ['example.js'], { cwd: project, timeout: STEP_MS });
      expect(JSON.parse(stdout)).toEqual({
        outcomes: { SPY: 'ranked', 'BRK.B': 'ranked', SPY2: 'filtered' },
        ranked: 2,
      });
    } finally {
      await simulator.stop();
    }
  });
});

function exampleFor(url: string): string {
  return `
import { createPolygonSource, scan, type Outcome, type Ranking } from 'tapescan';

const source = createPolygonSource({ url: '${url}' });
const outcomes: Record<string, Outcome['kind']> = {};
let ranking: Ranking | undefined;
await scan({ universe: ['SPY', 'BRK/B', 'SPY2'], source, workers: 0 }).forEach((event) => {
  if (event.kind === 'ranking') ranking = event.ranking;
  else outcomes[event.entry.symbol] = event.kind;
});
await source.close();
console.log(JSON.stringify({ outcomes, ranked: ranking?.length }));
`;
}

/** Runs npm as in a shell: a surrounding `npm test` has variables that would send it elsewhere. */
async function npm(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name) || /^npm_config_(cache|registry|userconfig)$/i.test(name),
  );
  const env = Object.fromEntries(kept);
  try {
    return await run('npm', args, { cwd, env, timeout: STEP_MS, maxBuffer: 2 ** 24 });
  } catch (cause) {
    // A compiler reports on standard output, which the message does not have.
    const { message, stdout } = cause as Error & { stdout: string };
    throw new Error(`${message}\n${stdout}`, { cause });
  }
}
