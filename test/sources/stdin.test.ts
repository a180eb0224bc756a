import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'stdin-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'list.txt');
writeFileSync(file, 'AAPL\nMSFT\n');

const READ = `
  for await (const chunk of input.chunks) {
    console.log(JSON.stringify(Buffer.from(chunk).toString()));
    if (Buffer.from(chunk).includes('stop')) setImmediate(() => input.stop());
  }
`;

/** A process that opens its standard input, says what it is, repeats what comes, and says when it ended. */
function program(afterOpen = READ): string[] {
  const module = JSON.stringify(new URL('../../src/sources/stdin.ts', import.meta.url).href);
  const code = `
    const { openStdin } = await import(${module});
    const input = openStdin();
    const { name, isTerminal, isFile, bytes } = input;
    console.log(JSON.stringify({ name, isTerminal, isFile, bytes }));
    ${afterOpen}
    console.log('ended');
  `;
  return ['--input-type=module', '-e', code];
}

interface Finished {
  readonly lines: readonly string[];
  readonly code: number | null;
}

/** Runs the program with an open pipe as its input; `write` gets each line it says. */
async function runOnPipe(
  args: string[],
  write: (line: string, input: NodeJS.WritableStream) => void,
): Promise<Finished> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  // The other end is gone when the child stopped reading: that is what is tested.
  child.stdin.on('error', () => {});
  const closed = once(child, 'close');
  const lines: string[] = [];
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      lines.push(line);
      write(line, child.stdin);
    }
  }
  const [code] = await closed;
  child.stdin.destroy();
  return { lines, code };
}

describe('openStdin', () => {
  it('reads a pipe as it is written, and ends when it is closed', async () => {
    const { lines, code } = await runOnPipe(program(), (line, input) => {
      // The second is written only after the first came out: nothing waits for more.
      if (line.startsWith('{')) input.write('AAPL\n');
      if (line === '"AAPL\\n"') input.end('MSFT');
    });
    expect(lines).toEqual([
      '{"name":"standard input","isTerminal":false,"isFile":false}',
      '"AAPL\\n"',
      '"MSFT"',
      'ended',
    ]);
    expect(code).toBe(0);
  });

  it('ends a pending read of a pipe that is never closed, and the process with it', async () => {
    const { lines, code } = await runOnPipe(program(), (line, input) => {
      if (line.startsWith('{')) input.write('stop');
    });
    expect(lines.slice(1)).toEqual(['"stop"', 'ended']);
    expect(code).toBe(0);
  });

  it('can be stopped before anything is read, and more than once', async () => {
    const { lines, code } = await runOnPipe(program(`input.stop(); input.stop(); ${READ}`), () => {});
    expect(lines.slice(1)).toEqual(['ended']);
    expect(code).toBe(0);
  });

  it('does not keep a process alive that does not read', async () => {
    const { lines, code } = await runOnPipe(program(''), () => {});
    expect(lines.slice(1)).toEqual(['ended']);
    expect(code).toBe(0);
  });

  it.each([
    [
      'a file',
      file,
      `{"name":"standard input","isTerminal":false,"isFile":true,"bytes":10}`,
      ['"AAPL\\nMSFT\\n"', 'ended'],
    ],
    ['nothing', '/dev/null', '{"name":"standard input","isTerminal":false,"isFile":false}', ['ended']],
  ])('reads %s', (_, path, facts, rest) => {
    const fd = openSync(path, 'r');
    const { stdout, status } = spawnSync(process.execPath, program(), {
      stdio: [fd, 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    closeSync(fd);
    expect(stdout.trimEnd().split('\n')).toEqual([facts, ...rest]);
    expect(status).toBe(0);
  });

  it('refuses a directory, with the remedy', () => {
    const fd = openSync(folder, 'r');
    const { stderr, status } = spawnSync(process.execPath, program(), {
      stdio: [fd, 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    closeSync(fd);
    expect(stderr).toContain('ConfigError: Standard input is a directory; redirect a file');
    expect(status).toBe(1);
  });

  const hasScript = spawnSync('script', ['--version']).status === 0;

  it.skipIf(!hasScript)('reads a terminal, and stops reading it', async () => {
    // `script` runs its command in a pseudo-terminal and passes on what is typed.
    const command = [process.execPath, ...program()]
      .map((part) => `'${part.replaceAll("'", "'\\''")}'`)
      .join(' ');
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    let text = '';
    for await (const chunk of child.stdout) {
      text += chunk;
      if (text.includes('"isTerminal":true') && !text.includes('stop')) child.stdin.write('stop\n');
    }
    const [code] = await closed;
    expect(text).toContain('"stop\\n"');
    expect(text).toContain('ended');
    expect(code).toBe(0);
  });
});
