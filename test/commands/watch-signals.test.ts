import { describe, expect, it } from 'vitest';
import { startCli } from '../support/run-cli.ts';

const MODULE = JSON.stringify(new URL('../../src/commands/watch-signals.ts', import.meta.url).href);

/** A process that watches its signals, says what it sees, and lives until it is ended. */
function watching(script: string, shutdownTimeoutMs = 600_000) {
  const program = `
    const { watchSignals } = await import(${MODULE});
    const watch = watchSignals({ shutdownTimeoutMs: ${shutdownTimeoutMs} });
    setInterval(() => {}, 1000);
    const say = (text) => process.stdout.write(text + '\\n');
    watch.signal.addEventListener('abort', () => say('aborted, to end with ' + watch.exitCode));
    ${script}
    say('ready, ' + watch.exitCode);
  `;
  const args = ['--input-type', 'module', '--eval', program];
  return startCli(args, { command: process.execPath });
}

describe('watchSignals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('aborts on %s, and ends the process with %i on a second signal', async (signal, code) => {
    const child = watching('');
    await child.until(() => child.stdout === 'ready, undefined\n');
    child.kill(signal);
    await child.until(() => child.stdout.endsWith(`aborted, to end with ${code}\n`));
    child.kill(signal);
    expect(await child.ended).toMatchObject({ code, signal: null, stderr: '' });
  });

  it('ends the process where the stop takes longer than it may', async () => {
    const child = watching('', 50);
    await child.until(() => child.stdout !== '');
    child.kill('SIGTERM');
    expect(await child.ended).toMatchObject({
      code: 143,
      stderr:
        'tapescan: the stop took longer than --shutdown-timeout (50 ms); what was not written is lost\n',
    });
  });

  it('leaves signals to the system once it is closed', async () => {
    const child = watching('watch.close();');
    await child.until(() => child.stdout !== '');
    child.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ code: null, signal: 'SIGTERM', stdout: 'ready, undefined\n' });
  });
});
