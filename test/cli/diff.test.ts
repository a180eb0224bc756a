import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RankingDiff } from '../../src/commands/diff/diff-rankings.ts';
import type { RankedRow } from '../../src/types.ts';
import { jsonLines, runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapescan-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SCAN = ['scan', '--source', 'simulator', '--symbols', '150', '--end', '2024-05-03', '--no-cache'];
const { stdout: LIST } = await runCli(['simulate', '--list', '--symbols', '150']);
const scanOf = async (asOf: string) => {
  const { stdout } = await runCli([...SCAN, '--as-of', asOf], { input: LIST });
  writeFileSync(join(folder, `${asOf}.ndjson`), stdout);
  return jsonLines<RankedRow>(stdout);
};
const before = await scanOf('2024-05-02');
const after = await scanOf('2024-05-03');

describe('tapescan diff', () => {
  it('says what changed from one session to the next', async () => {
    const args = ['diff', '2024-05-02.ndjson', '2024-05-03.ndjson'];
    const text = await runCli([...args, '--limit', '2'], { cwd: folder });
    expect(text).toMatchObject({ code: 0, stderr: '' });
    const json = await runCli([...args, '--format', 'json'], { cwd: folder });
    const diff = JSON.parse(json.stdout) as RankingDiff;
    expect(diff.left.length + diff.moved.length + diff.same).toBe(before.length);
    expect(diff.entered.length + diff.moved.length + diff.same).toBe(after.length);
    expect(diff.moved.length).toBeGreaterThan(50);
    expect(text.stdout).toContain(`${diff.moved.length} moved, ${diff.same} in the same place\n`);
    expect(text.stdout).toContain(`  … and ${diff.moved.length - 2} more\n`);
  });

  it('ends with 78 for what is not a ranking', async () => {
    const ended = await runCli(['diff', '2024-05-02.ndjson', '-'], { input: LIST, cwd: folder });
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr).toMatch(/^tapescan: -, line 1: expected a ranking as/);
  });
});
