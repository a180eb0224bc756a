import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { openSymbolFile } from '../../src/sources/symbol-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'symbol-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

function pipe(name: string): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}

function failure(path: string): ConfigError {
  try {
    openSymbolFile(path).stop();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Expected a ConfigError');
}

describe('openSymbolFile', () => {
  it('reads a file from start to end, and knows its size', async () => {
    const path = join(folder, 'list.txt');
    const text = 'AAPL\n'.repeat(100_000);
    writeFileSync(path, text);
    const input = openSymbolFile(path);
    const { name, isFile, isTerminal, bytes } = input;
    expect({ name, isFile, isTerminal, bytes }).toEqual({
      name: path,
      isFile: true,
      isTerminal: false,
      bytes: 500_000,
    });
    expect(await textOf(input.chunks)).toBe(text);
    input.stop();
  });

  it('reads an empty file', async () => {
    const path = join(folder, 'empty.txt');
    writeFileSync(path, '');
    expect(await textOf(openSymbolFile(path).chunks)).toBe('');
  });

  it('reads in small chunks, and ends when it is stopped in between', async () => {
    const path = join(folder, 'large.txt');
    writeFileSync(path, Buffer.alloc(10_000_000, 'A\n'));
    const input = openSymbolFile(path);
    let chunks = 0;
    for await (const chunk of input.chunks) {
      expect(chunk.length).toBeLessThanOrEqual(65_536);
      if (++chunks === 3) input.stop();
    }
    expect(chunks).toBeLessThan(10);
  });

  it('has what was in the file when it was opened, though it is removed', async () => {
    const path = join(folder, 'removed.txt');
    writeFileSync(path, 'AAPL\n');
    const input = openSymbolFile(path);
    rmSync(path);
    expect(await textOf(input.chunks)).toBe('AAPL\n');
  });

  it('yields nothing when it is stopped before it is read', async () => {
    const path = join(folder, 'unread.txt');
    writeFileSync(path, 'AAPL\n');
    const input = openSymbolFile(path);
    input.stop();
    input.stop();
    expect(await textOf(input.chunks)).toBe('');
  });

  it('reads a named pipe whose writer comes later', async () => {
    const path = pipe('later');
    const input = openSymbolFile(path);
    expect(input).toMatchObject({ isFile: false, isTerminal: false });
    expect(input).not.toHaveProperty('bytes');
    const reading = textOf(input.chunks);
    const fd = openSync(path, 'w');
    writeSync(fd, 'AAPL\n');
    writeSync(fd, 'MSFT\n');
    closeSync(fd);
    expect(await reading).toBe('AAPL\nMSFT\n');
  });

  it('ends a pending read of a named pipe that nobody writes to', async () => {
    const input = openSymbolFile(pipe('silent'));
    const reading = textOf(input.chunks);
    setImmediate(() => input.stop());
    expect(await reading).toBe('');
  });

  it('ends a pending read of a named pipe that is never closed', async () => {
    const path = pipe('open');
    const input = openSymbolFile(path);
    const reader = input.chunks[Symbol.asyncIterator]();
    const first = reader.next();
    const fd = openSync(path, 'w');
    writeSync(fd, 'AAPL\n');
    expect(Buffer.from((await first).value).toString()).toBe('AAPL\n');
    const second = reader.next();
    input.stop();
    expect((await second).done).toBe(true);
    closeSync(fd);
  });

  it.skipIf(spawnSync('bash', ['--version']).status !== 0)(
    'reads what a shell substitutes for a command',
    () => {
      const module = JSON.stringify(new URL('../../src/sources/symbol-file.ts', import.meta.url).href);
      const code = `
      const { openSymbolFile } = await import(${module});
      for await (const chunk of openSymbolFile(process.argv[1]).chunks) process.stdout.write(chunk);
    `;
      const script = `"$0" --input-type=module -e "$1" <(echo AAPL; sleep 0.1; echo MSFT)`;
      expect(execFileSync('bash', ['-c', script, process.execPath, code], { encoding: 'utf8' })).toBe(
        'AAPL\nMSFT\n',
      );
    },
  );

  it('says that a file is missing, and what to do', () => {
    const path = join(folder, 'missing.txt');
    expect(failure(path).problems).toEqual([
      `Cannot read the symbol list ${path}: there is no such file; check the path and the working directory`,
    ]);
  });

  it('says that it is a directory, and what to do', () => {
    expect(failure(folder).message).toContain(`${folder}: it is a directory; name a file in it`);
    const path = join(folder, 'list.txt', 'x');
    expect(failure(path).message).toContain('a part of the path is not a directory');
  });

  // The superuser may read anything.
  it.skipIf(process.getuid?.() === 0)('says that it is not readable, and what to do', () => {
    const path = join(folder, 'secret.txt');
    writeFileSync(path, 'AAPL\n');
    chmodSync(path, 0o000);
    expect(failure(path).message).toContain('permission denied; make it readable');
  });

  it('leaves no descriptor open where it fails, or is stopped before it is read', () => {
    const path = join(folder, 'descriptor.txt');
    writeFileSync(path, 'AAPL\n');
    const next = () => {
      const fd = openSync(path, 'r');
      closeSync(fd);
      return fd;
    };
    const before = next();
    failure(folder);
    expect(next()).toBe(before);
    openSymbolFile(path).stop();
    expect(next()).toBe(before);
  });
});
