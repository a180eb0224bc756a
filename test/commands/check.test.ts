import { expect, it } from 'vitest';
import type { LookaheadReport } from '../../src/commands/check/check-lookahead.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { runCli, startCli } from '../support/run-cli.ts';

const CHECK = JSON.stringify(new URL('../../src/commands/check.ts', import.meta.url).href);
const SETTINGS = JSON.stringify(new URL('../../src/settings/read-settings.ts', import.meta.url).href);
const PROGRAM = `
  const { checkCommand } = await import(${CHECK});
  const { readSettings } = await import(${SETTINGS});
  process.on('newListener', (name) => {
    if (name === 'SIGHUP') setImmediate(() => process.stderr.write('watching\\n'));
  });
  const read = await readSettings('check', ['lookahead', '--cut-every', '50', ...process.argv.slice(1)], {});
  process.exitCode = await checkCommand(read);
`;
const args = (...options: readonly string[]) => [
  ...['--input-type', 'module', '--eval', PROGRAM, '--'],
  ...['--source', 'simulator', '--symbols', '20', '--lookback', '120', ...options],
];
const node = { command: process.execPath };
const tickers = Array.from(createMarket({ symbols: 20, end: 20_000 }).tickers(), ({ ticker }) => ticker);

it('prints a table, and ends with 0 where nothing looks ahead', async () => {
  const { code, stdout } = await runCli(args(), { ...node, input: tickers.join('\n') });
  expect(code).toBe(0);
  expect(stdout).toContain('\n✓ Nothing looks ahead');
  expect(stdout).toMatch(/^sma +sma +19 +19 +19 +19 +✓$/m);
});

it('prints a report for programs, the same each time', async () => {
  const run = () =>
    runCli(args('--format', 'json'), { ...node, input: [...tickers, tickers[0], '!!'].join('\n') });
  const { code, stdout } = await run();
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as LookaheadReport;
  expect(report).toMatchObject({ type: 'lookahead', ok: true, skipped: { duplicate: 1, malformed: 1 } });
  expect(report.symbols + report.empty).toBe(20);
  expect((await run()).stdout).toBe(stdout);
});

it('ends with 3 where symbols cannot be checked, and with 1 where there is nothing to check', async () => {
  const input = tickers.slice(0, 3).join('\n');
  const failing = await runCli(args('--fault', 'malformed=0.5', '--attempts', '1'), {
    ...node,
    input: tickers.join('\n'),
  });
  expect(failing.code).toBe(3);
  expect(failing.stdout).toMatch(/^\d+ symbols not checked: malformed$/m);
  const all = await runCli(args('--fault', 'malformed=1', '--attempts', '1'), { ...node, input });
  expect(all.code).toBe(1);
  expect(all.stdout).toContain('\n✗ Nothing was compared.\n');
});

it('ends with the code of a signal, and says what was checked until then', async () => {
  const running = startCli(args(), node);
  // The list stays open: only the signal can end it.
  running.stdin.write(`${tickers.join('\n')}\n`);
  await running.until(() => running.stderr.includes('watching'));
  running.child.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(stdout).toContain(' values compared\n');
});
