import { closeSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../../src/command-names.ts';
import { runCli, startCli } from '../support/run-cli.ts';

describe('tapescan help', () => {
  it.each([[['help']], [['--help']], [['-h']], [[]]])(
    'shows every command and exit status with %j',
    async (args) => {
      const { code, stdout, stderr } = await runCli(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const command of [...COMMANDS, 'version', 'help']) expect(stdout).toContain(`tapescan ${command}`);
      for (const status of [0, 1, 3, 78, 130, 143]) expect(stdout).toMatch(new RegExp(`\\b${status} `));
    },
  );

  it.each(COMMANDS)('shows the help of `%s` in three ways, whatever else is given', async (command) => {
    const texts = await Promise.all(
      [
        ['help', command],
        [command, '--help'],
        [command, '-h', '--wat'],
      ].map((args) => runCli(args)),
    );
    expect(texts.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      Array(3).fill({ code: 0, stderr: '' }),
    );
    expect(texts[0]!.stdout).toContain(`Usage: tapescan ${command}`);
    expect(new Set(texts.map(({ stdout }) => stdout)).size).toBe(1);
  });

  it.each(['version', '--version', '-V'])('prints the version of the package with %s', async (command) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runCli([command])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[['help', 'scam']], [['scam']]])('refuses a command that there is not: %j', async (args) => {
    expect(await runCli(args)).toMatchObject({
      code: 78,
      stdout: '',
      stderr: 'tapescan: Unknown command `scam`; `tapescan help` lists them\n',
    });
  });

  it.each([
    [['help']],
    [['version']],
    [['validate', '--source', 'simulator']],
    [['simulate', '--list', '--symbols', '9']],
  ])('says in one line that standard output is full: %j', async (args) => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const { code, stderr } = await runCli(args, { stdout: full });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tapescan: cannot write standard output: no space left[^\n]*\n$/);
  });

  it('ends quietly where nobody reads its output', async () => {
    const running = startCli(['help', 'scan']);
    running.child.stdout!.destroy();
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });
});
