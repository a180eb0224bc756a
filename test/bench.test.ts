import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from './support/temporary-folder.ts';

const RUN = join(import.meta.dirname, '../bench/run.ts');
const LIMIT_MS = 60_000;

/** A try of some scenarios, with temporary files in a folder of its own. */
function startBench(...args: string[]) {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [RUN, '--quick', ...args], {
    env: { PATH: process.env.PATH, TMPDIR: folder },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const left = () => readdirSync(folder).filter((name) => name.startsWith('tapescan-'));
  return { child, output, left, ended: once(child, 'close') as Promise<[number | null]> };
}

it('measures both programs, prints a table, writes the page and leaves nothing behind', {
  timeout: LIMIT_MS,
}, async () => {
  const page = join(temporaryFolder(), 'page.md');
  const { output, left, ended } = startBench('--only', 'start-up', '--only', 'warm-100', '--out', page);
  expect([(await ended)[0], output.stderr]).toEqual([0, '']);

  const text = readFileSync(page, 'utf8');
  expect(text).toContain('| warm-100 | tapescan | ');
  expect(text).toMatch(/\| start-up \| tapescan scan of one symbol \| .+ \| bare Node\.js \| /);
  const sections = text.slice(text.indexOf('\n## start-up'));
  const rows = sections.split('\n').filter((line) => line.startsWith('|'));
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const named = new Map(cells.map(([name, ...rest]) => [name, rest]));
  expect(new Set(cells.map(({ length }) => length))).toEqual(new Set([11]));
  for (const name of ['tapescan version', 'floor: bare Node.js', 'tapescan', 'straightforward scan']) {
    const [median, spread, rounds, cpu, memory] = named.get(name)!;
    expect([name, median, spread]).toEqual([
      name,
      expect.stringMatching(/^\d+(\.\d+)?$/),
      expect.stringMatching(/–/),
    ]);
    for (const value of [median, rounds, cpu, memory]) expect(Number(value)).toBeGreaterThan(0);
    expect(output.stdout).toContain(`  ${name} `);
  }
  expect(named.get('tapescan scan of one symbol')![5]).toBe('0');
  // Everything is kept: nobody calls the provider. A try has fewer symbols than the targets are for.
  expect(named.get('straightforward scan')![5]).toBe('0');
  expect(named.get('tapescan')!.slice(5)).toEqual(['0', '1.00', '1.00', '≤ 150, ≤ 0 calls', 'not judged']);
  expect(left()).toEqual([]);
});

it('stops on Ctrl-C and leaves nothing behind', { timeout: LIMIT_MS }, async () => {
  const { child, output, left, ended } = startBench('--only', 'start-up', '--only', 'cold-6000');
  while (!output.stdout.includes('bare Node.js')) await once(child.stdout, 'data');
  expect(left()).toHaveLength(1);
  child.kill('SIGINT');
  expect((await ended)[0]).toBe(130);
  expect(output.stderr).toContain('Stopped by SIGINT');
  expect(output.stdout).not.toContain('cold-6000: ');
  expect(left()).toEqual([]);
});

it('names the scenarios where one is asked for that is not there', async () => {
  const { output, ended } = startBench('--only', 'nonsense');
  expect((await ended)[0]).toBe(1);
  expect(output.stderr).toContain('--only nonsense: expected a part of machine, start-up, ');
});
