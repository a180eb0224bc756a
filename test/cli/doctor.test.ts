import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('finds nothing wrong with what works, and foresees the scan', async () => {
  const cwd = temporaryFolder();
  const { stdout: list } = await runCli(['simulate', '--list', '--symbols', '50']);
  writeFileSync(join(cwd, 'symbols.txt'), list);
  const ended = await runCli(
    [
      ...['doctor', '--source', 'simulator', '--symbols', '50', '--universe', 'symbols.txt'],
      ...['--cache-dir', 'cache', '--out', 'ranked.csv', '--rate', '5/m', '--state-dir', 'state'],
    ],
    { cwd },
  );
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout.split('\n').map((line) => line.slice(0, 15).trimEnd())).toEqual([
    ...['✓ settings', '✓ list', '✓ cache', '✓ journal', '✓ output', '✓ source', '✓ a scan now', ''],
  ]);
  expect(ended.stdout).toMatch(/✓ list +50 symbols\n/);
  expect(ended.stdout).toMatch(/✓ journal +state: 0 scans\n/);
  expect(ended.stdout).toMatch(/✓ a scan now +\d+ symbols, about \d+ calls and \d+ min /);
});

it('says of every part that does not work what is wrong, and how to mend it', async () => {
  const provider = await scriptedServer((response) => {
    response.writeHead(401).end('{"status":"ERROR","error":"Unknown API Key"}');
  });
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'file'), '');
  const { code, stdout } = await runCli(
    [
      ...['doctor', '--polygon-url', provider.url, '--universe', 'none.txt', '--where', 'rsi14 < 3'],
      ...['--state-dir', 'file', '--out', 'none/ranked.csv', '--out', 'redis://127.0.0.1:9/0/rankings'],
    ],
    { cwd, env: { TAPESCAN_POLYGON_KEY: 'a-wrong-key' } },
  );
  expect(code).toBe(1);
  expect(stdout).toContain('✗ settings      --where: unknown column `rsi14` at 1; did you mean `rsi_14`?\n');
  expect(stdout).toMatch(/✗ list +Cannot read the symbol list none\.txt: there is no such file; /);
  expect(stdout).toMatch(/✗ journal +cannot write file\/journal: .*choose another place\n/);
  expect(stdout).toMatch(/✗ output +cannot write none\/ranked\.csv: its directory does not exist; /);
  expect(stdout).toMatch(/✗ output +cannot write redis:[^\n]*: nothing answers there; start Redis /);
  expect(stdout).toContain('unauthorized: Status 401: Unknown API Key. Check the key');
  expect(stdout).not.toContain('a-wrong-key');
});

it('looks at what a daemon takes its work from and where it tells of it, too', async () => {
  const nowhere = 'redis://127.0.0.1:9/0';
  const ended = await runCli(
    [
      ...[
        'doctor',
        '--source',
        'simulator',
        '--symbols',
        '20',
        '--no-cache',
        '--out-dir',
        'missing/rankings',
      ],
      ...['--requests', `${nowhere}/requests`, '--state-dir', 'state', '--alert', 'dip=rsi14 < 30'],
    ],
    { cwd: temporaryFolder() },
  );
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain(`✗ requests      cannot read ${nowhere}/requests: nothing answers there`);
  expect(ended.stdout).toContain('✗ alerts        alert dip: unknown column `rsi14`');
  expect(ended.stdout).toContain('✓ output        missing/rankings/{session}/{scan}.{ext}');
});
