import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PRESCREEN_RULES } from '../../src/rules.ts';
import type { Summary } from '../../src/types.ts';
import { busyStages, readTimeline, scoredSymbols } from '../support/read-timeline.ts';
import { jsonLines, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Receipt {
  readonly symbol: string;
  readonly outcome: string;
  readonly rule?: string;
}

const { stdout: LIST } = await runCli(['simulate', '--list', '--symbols', '150']);
const SIMULATED = ['scan', '--source', 'simulator', '--symbols', '150', '--no-cache', '--lookback', '60'];
const tapescan = (args: readonly string[], cwd: string) =>
  runCli([...SIMULATED, '--scan-id', 'of today', '--out', 'ranked.ndjson', ...args], { input: LIST, cwd });

/** The phases and the columns of the table of utilisation on standard error. */
function tableOf(stderr: string) {
  const [head, ...rows] = stderr.split('Trace written:')[0]!.trimEnd().split('\n');
  return { columns: head!.split(/ {2,}/), phases: rows.map((row) => row.split(' ')[0]!), rows };
}

describe('scan --trace', () => {
  it('writes a timeline and a profile of each thread, and says where and how busy', async () => {
    const cwd = temporaryFolder();
    const files = ['--receipts', 'receipts.ndjson', '--summary', 'summary.json'];
    const { code, stderr } = await tapescan(
      ['--trace', 'a/trace', '--workers', '2', '--no-batch', ...files],
      cwd,
    );
    expect({ code, stderr: stderr.split('Trace written:')[1] }).toEqual({
      code: 0,
      stderr: [
        '',
        '  a/trace/of%20today.trace.json',
        '  a/trace/of%20today.cpuprofile',
        '  a/trace/of%20today.worker-1.cpuprofile',
        '  a/trace/of%20today.worker-2.cpuprofile',
        '',
      ].join('\n'),
    });
    const written = readdirSync(join(cwd, 'a/trace')).sort();
    expect(written).toEqual([
      'of%20today.cpuprofile',
      'of%20today.trace.json',
      'of%20today.worker-1.cpuprofile',
      'of%20today.worker-2.cpuprofile',
    ]);
    const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
    for (const name of written.filter((file) => file.endsWith('.cpuprofile'))) {
      const { nodes, samples, timeDeltas } = JSON.parse(read(`a/trace/${name}`)) as Record<string, unknown[]>;
      expect(nodes!.length).toBeGreaterThan(1);
      expect(samples!.length).toBeGreaterThan(0);
      expect(timeDeltas).toHaveLength(samples!.length);
    }
    const { columns, phases } = tableOf(stderr);
    expect(columns).toEqual(
      ['phase', 'seconds', 'main busy', 'cpu', 'worker 1 busy', 'cpu', 'worker 2 busy', 'cpu'].concat([
        'simulator cpu',
        'process cpu',
      ]),
    );
    expect(phases).toEqual(expect.arrayContaining(['start', 'fetch', 'rank+write', 'all']));

    const { spans } = readTimeline(read('a/trace/of%20today.trace.json'));
    // Whatever no rule before data took out was scored, once.
    const scored = jsonLines<Receipt>(read('receipts.ndjson'))
      .filter(({ outcome, rule }) => outcome !== 'filtered' || !Object.hasOwn(PRESCREEN_RULES, rule!))
      .map(({ symbol }) => symbol);
    expect(scored.length).toBeGreaterThan(100);
    expect(scoredSymbols(spans).sort()).toEqual(scored.sort());

    const { seconds } = JSON.parse(read('summary.json')) as Summary;
    const stages = busyStages(spans);
    expect([...stages.keys(), 'total'].sort()).toEqual(Object.keys(seconds).sort());
    for (const [stage, { micros, times }] of stages) {
      // Both ends of a span are rounded to whole microseconds.
      expect(Math.abs(micros - seconds[stage]! * 1e6)).toBeLessThanOrEqual(times);
    }
  });

  it('changes nothing of the ranking, and writes nothing where it is not asked for', async () => {
    const [traced, plain] = [temporaryFolder(), temporaryFolder()];
    await tapescan(['--trace', '.', '--workers', '1'], traced);
    expect(await tapescan(['--workers', '1'], plain)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(plain)).toEqual(['ranked.ndjson']);
    const ranked = (folder: string) => readFileSync(join(folder, 'ranked.ndjson'), 'utf8');
    expect(ranked(traced)).toBe(ranked(plain));
    expect(ranked(plain).split('\n').length).toBeGreaterThan(50);
  });

  it('refuses a folder that cannot be one before the first call', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'file'), '');
    expect(await tapescan(['--trace', 'file/trace'], cwd)).toMatchObject({
      code: 1,
      stderr:
        'tapescan: cannot write file/trace: a part of its path is a file, not a directory; choose another place\n',
    });
    expect(readdirSync(cwd)).toEqual(['file']);
  });

  it('is written for a scan that lost its ground, too', async () => {
    const cwd = temporaryFolder();
    const { code, stderr } = await tapescan(
      ['--trace', 'trace', '--fault', 'error-200=1', '--attempts', '1'],
      cwd,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('Trace written:\n  trace/of%20today.trace.json\n');
    const { spans } = readTimeline(readFileSync(join(cwd, 'trace/of%20today.trace.json'), 'utf8'));
    expect(scoredSymbols(spans)).toEqual([]);
  });
});
