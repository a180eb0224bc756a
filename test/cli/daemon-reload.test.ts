import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RankedRow } from '../../src/types.ts';
import { jsonLines, type Running, runCli, startCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { stdout } = await runCli(['simulate', '--list', '--symbols', '30']);
const LIST = stdout.trim().split('\n');
const SETTINGS = [
  ...[
    'log-level: info',
    'source: simulator',
    'symbols: 30',
    'no-cache: true',
    'lookback: 60',
    'min-dollar-volume: 0',
  ],
  ...['min-close: 0', 'max-close-cv: 9', 'rule: { warrant-right-unit: "off" }'],
];

/** A daemon with a configuration file, and how it is changed. */
async function start(settings: readonly string[]) {
  const cwd = temporaryFolder();
  const write = (lines: readonly string[]) =>
    writeFileSync(join(cwd, 'tapescan.yaml'), [...SETTINGS, ...lines].join('\n'));
  write(settings);
  const running = startCli(['daemon', '--config', 'tapescan.yaml', '--http', '0'], { cwd });
  const ask = async (id: string, symbols: readonly string[] = LIST) => {
    running.stdin.write(`${JSON.stringify({ id, symbols })}\n`);
    await running.until(() => linesOf(running).some(({ scan }) => scan === id));
    return linesOf(running).filter(({ scan }) => scan === id);
  };
  const reload = async (lines: readonly string[]) => {
    // The signal of a process that has just been made is not its own yet.
    await running.until(() => running.stderr.includes('Listening'));
    write(lines);
    const before = told(running).length;
    running.kill('SIGHUP');
    await running.until(() => told(running).length > before);
    return told(running).at(-1)!;
  };
  return { cwd, running, ask, reload, write };
}

interface Told {
  readonly msg: string;
  readonly changed?: readonly string[];
  readonly problems?: readonly string[];
}

const told = ({ stderr }: Running) =>
  jsonLines<Told>(stderr.slice(0, stderr.lastIndexOf('\n') + 1)).filter(({ msg }) => /reloaded/i.test(msg));
const linesOf = ({ stdout: text }: Running) =>
  jsonLines<RankedRow>(text.slice(0, text.lastIndexOf('\n') + 1));

describe('SIGHUP', () => {
  it('makes the next scan one of the new settings, and keeps the pipe open', async () => {
    const { running, ask, reload } = await start(['top: 3']);
    expect(await ask('before')).toHaveLength(3);
    expect(await reload(['top: 5', 'slack: 20'])).toMatchObject({
      msg: 'Reloaded',
      changed: expect.arrayContaining(['slack', 'top']),
    });
    expect(await ask('after')).toHaveLength(5);
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
  });

  it('changes nothing where anything is wrong, and says what', async () => {
    const { running, ask, reload } = await start(['top: 3']);
    for (const [lines, problem] of [
      [['top: 5', 'slack: -1'], /tapescan.yaml: slack: expected an integer/],
      [['top: 5', 'where: rsi15 > 3'], /unknown column `rsi15`/],
      [['top: 5', 'http-host: localhost'], /--http-host: changes with a restart only/],
      [['top: 5', 'universe: list.txt'], /--universe: changes with a restart only/],
      [['top: 5', 'listings: [missing.csv]'], /missing.csv/],
    ] as const) {
      const { msg, problems } = await reload(lines);
      expect(msg).toBe('Not reloaded: the daemon goes on as it was');
      expect(problems?.join('\n')).toMatch(problem);
    }
    expect(await ask('after')).toHaveLength(3);
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
  });

  it('goes on with its outputs where the new ones cannot be opened', async () => {
    const { cwd, running, reload } = await start(['out: [one.ndjson]']);
    expect(await reload(['out: [nowhere/two.ndjson]'])).toMatchObject({
      msg: expect.stringMatching(/^Not reloaded/),
    });
    running.stdin.end(`${LIST.join('\n')}\n`);
    expect((await running.ended).code).toBe(0);
    expect(jsonLines(readFileSync(join(cwd, 'one.ndjson'), 'utf8')).length).toBeGreaterThan(20);
  });

  it('moves the outputs between two scans, not in the middle of one', async () => {
    const slow = ['latency: 100', 'no-batch: true', 'concurrency: 4'];
    const { cwd, running, reload } = await start([...slow, 'out: [one.ndjson]']);
    const asked = (id: string) => `${JSON.stringify({ id, symbols: LIST.slice(0, 8) })}\n`;
    running.stdin.write(asked('first'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await reload(['out: [two.ndjson]'])).toMatchObject({ msg: 'Reloaded' });
    expect(existsSync(join(cwd, 'two.ndjson'))).toBe(false);
    running.stdin.end(asked('second'));
    expect((await running.ended).code).toBe(0);
    const scansIn = (name: string) => [
      ...new Set(jsonLines<RankedRow>(readFileSync(join(cwd, name), 'utf8')).map(({ scan }) => scan)),
    ];
    expect({ one: scansIn('one.ndjson'), two: scansIn('two.ndjson') }).toEqual({
      one: ['first'],
      two: ['second'],
    });
  });

  it('changes a schedule', async () => {
    const cwd = temporaryFolder();
    const write = (every: string) =>
      writeFileSync(
        join(cwd, 'tapescan.yaml'),
        [...SETTINGS, 'universe: list.txt', `every: ${every}`].join('\n'),
      );
    writeFileSync(join(cwd, 'list.txt'), LIST.slice(0, 5).join('\n'));
    write('24h');
    const running = startCli(['daemon', '--config', 'tapescan.yaml', '--http', '0'], { cwd });
    // The signal of a process that has just been made is not its own yet.
    await running.until(() => running.stderr.includes('Listening'));
    expect(running.stdout).toBe('');
    write('1s');
    running.kill('SIGHUP');
    await running.until(() => new Set(linesOf(running).map(({ scan }) => scan)).size > 1);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
  });
});
