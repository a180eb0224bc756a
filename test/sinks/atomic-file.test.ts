import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { fc, test } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { openAtomicFile } from '../../src/sinks/atomic-file.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tapescan-atomic-'));
  path = join(directory, 'out.ndjson');
});
afterEach(() => rm(directory, { recursive: true }));

async function rejection(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LostGroundError);
  return error as Error;
}

/** A process that has the file open and half-written; ended with the test. */
async function startWriter(target: string): Promise<ChildProcess> {
  const module = new URL('../../src/sinks/atomic-file.ts', import.meta.url).href;
  const script = `
    const { openAtomicFile } = await import(${JSON.stringify(module)});
    const file = await openAtomicFile(${JSON.stringify(target)});
    await file.write('x'.repeat(300_000));
    console.log('open');
    // Holds on to the file, which would be closed on garbage collection.
    setInterval(() => file, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await once(child.stdout!, 'data');
  return child;
}

describe('openAtomicFile', () => {
  it('shows the file once it is committed, and not before', async () => {
    const file = await openAtomicFile(path);
    const line = `${'x'.repeat(999)}\n`;
    for (let index = 0; index < 1000; index++) await file.write(line);
    expect(await readdir(directory)).toStrictEqual([`.out.ndjson.${process.pid}.tmp`]);
    await file.commit();
    expect(await readdir(directory)).toStrictEqual(['out.ndjson']);
    expect(await readFile(path, 'utf8')).toBe(line.repeat(1000));
  });

  it('keeps the order of writes that nobody waited for', async () => {
    const file = await openAtomicFile(path);
    const pieces = Array.from({ length: 250 }, (_, index) => `${index}:${'x'.repeat(20_000)}\n`);
    const writes = pieces.map((piece) => file.write(piece));
    expect(writes.filter((write) => write !== undefined)).toHaveLength(17);
    await file.commit();
    expect(await readFile(path, 'utf8')).toBe(pieces.join(''));
  });

  test.prop([fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.nat({ max: 300_000 })), { maxLength: 8 })], {
    numRuns: 20,
  })('writes text as UTF-8, of any length', async (pieces) => {
    const file = await openAtomicFile(path);
    const texts = pieces.map(([text, times]) => text.repeat(Math.min(times, 1e6 / (text.length + 1))));
    for (const text of texts) await file.write(text);
    await file.commit();
    expect((await readFile(path)).equals(Buffer.from(texts.join('')))).toBe(true);
  });

  it('leaves the old file and nothing else where it is aborted', async () => {
    await writeFile(path, 'old');
    const file = await openAtomicFile(path);
    await file.write('new'.repeat(100_000));
    await file.abort();
    expect(await readdir(directory)).toStrictEqual(['out.ndjson']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('does not undo a commit by an abort', async () => {
    const file = await openAtomicFile(path);
    file.write('new');
    await file.commit();
    await file.abort();
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('keeps the permissions of the file it replaces', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o646);
    await (await openAtomicFile(path)).commit();
    expect((await stat(path)).mode & 0o777).toBe(0o646);
  });

  it('follows a link instead of replacing it', async () => {
    await mkdir(join(directory, 'real'));
    await writeFile(join(directory, 'real/data'), 'old');
    await symlink('real/data', path);
    const file = await openAtomicFile(path);
    file.write('new');
    await file.commit();
    expect(await readFile(join(directory, 'real/data'), 'utf8')).toBe('new');
    expect(await readdir(directory)).toStrictEqual(['out.ndjson', 'real']);
    expect(await readdir(join(directory, 'real'))).toStrictEqual(['data']);
  });

  it('sweeps away what a killed process left, and only that', async () => {
    const writer = await startWriter(path);
    const left = `.out.ndjson.${writer.pid}.tmp`;
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const others = ['.out.ndjson.tmp', '.out.ndjson.x1.tmp', `.other.${writer.pid}.tmp`, 'out.ndjson.1.tmp'];
    for (const name of others) await writeFile(join(directory, name), '');
    expect(await readdir(directory)).toContain(left);
    const file = await openAtomicFile(path);
    await file.abort();
    expect((await readdir(directory)).sort()).toStrictEqual(others.sort());
  });

  it('leaves alone what a living process writes', async () => {
    const writer = await startWriter(path);
    const file = await openAtomicFile(path);
    expect(await readdir(directory)).toContain(`.out.ndjson.${writer.pid}.tmp`);
    await file.abort();
  });

  it('sweeps away what an earlier process of the same id left', async () => {
    await writeFile(join(directory, `.out.ndjson.${process.pid}.tmp`), 'left');
    const file = await openAtomicFile(path);
    file.write('new');
    await file.commit();
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('refuses to write one file twice at the same time', async () => {
    const file = await openAtomicFile(path);
    const { message } = await rejection(openAtomicFile(path));
    expect(message).toBe(
      `cannot write ${path}: this process is writing it already; give each output its own file`,
    );
    file.write('first');
    await file.commit();
    expect(await readFile(path, 'utf8')).toBe('first');
  });

  it.each([
    ['missing/out', /missing\/out: its directory does not exist; create it or choose another place$/],
    ['file/out', /file\/out: a part of its path is a file, not a directory/],
    ['folder', /folder: it is a directory; name a file in it$/],
    ['new/', /new\/: it is a directory; name a file in it$/],
    ['x'.repeat(250), /x: its name is too long; choose a shorter one$/],
  ])('says what is wrong with %s', async (name, message) => {
    await writeFile(join(directory, 'file'), '');
    await mkdir(join(directory, 'folder'));
    expect((await rejection(openAtomicFile(join(directory, name)))).message).toMatch(message);
    expect((await readdir(directory)).sort()).toStrictEqual(['file', 'folder']);
  });

  // Root may write everywhere, so the question is put as somebody else.
  it.skipIf(process.platform === 'win32')('says where permission is missing', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o444);
    await chmod(directory, 0o777);
    const module = new URL('../../src/sinks/atomic-file.ts', import.meta.url).href;
    const script = `
      const { openAtomicFile } = await import(${JSON.stringify(module)});
      if (process.getuid() === 0) process.setuid(65534);
      await openAtomicFile(${JSON.stringify(path)}).catch((error) => console.log(error.message));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe(
      `cannot write ${path}: permission denied; make it and its directory writable or choose another place\n`,
    );
    expect(await readdir(directory)).toStrictEqual([basename(path)]);
  });

  it.runIf(process.platform === 'linux')(
    'says that the disk is full, at a write and at the commit',
    async () => {
      const says =
        'cannot write /dev/full: no space left on the device; free some space or choose another place';
      const large = await openAtomicFile('/dev/full');
      const write = large.write('x'.repeat(300_000));
      expect((await rejection(Promise.resolve(write))).message).toBe(says);
      await large.abort();
      const small = await openAtomicFile('/dev/full');
      expect(small.write('x')).toBeUndefined();
      expect((await rejection(small.commit())).message).toBe(says);
    },
  );

  it('writes a device directly', async () => {
    const file = await openAtomicFile('/dev/null');
    file.write('x');
    await file.commit();
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('writes a pipe directly', async () => {
    await promisify(execFile)('mkfifo', [path]);
    const reader = readFile(path, 'utf8');
    const file = await openAtomicFile(path);
    await file.write('x'.repeat(300_000));
    await file.commit();
    expect(await reader).toBe('x'.repeat(300_000));
    expect((await stat(path)).isFIFO()).toBe(true);
  });

  it('leaves nothing where a size limit cuts the file off', async () => {
    const module = new URL('../../src/sinks/atomic-file.ts', import.meta.url).href;
    const script = `
      // The limit comes as a signal first.
      process.on('SIGXFSZ', () => {});
      const { openAtomicFile } = await import(${JSON.stringify(module)});
      const file = await openAtomicFile(${JSON.stringify(path)});
      file.write('x'.repeat(400_000));
      await file.commit().catch((error) => console.log(error.name + ': ' + error.message));`;
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      'ulimit -f 100; exec "$0" --input-type=module -e "$1"',
      process.execPath,
      script,
    ]);
    expect(stdout).toBe(
      `LostGroundError: cannot write ${path}: the file would be larger than is allowed; raise the limit or choose another place\n`,
    );
    expect(await readdir(directory)).toStrictEqual([]);
  });

  it('writes to what the process has open already, beside what others write there', async () => {
    const module = new URL('../../src/sinks/atomic-file.ts', import.meta.url).href;
    const script = `
      const { openAtomicFile } = await import(${JSON.stringify(module)});
      process.stdout.write('one ');
      const file = await openAtomicFile('/dev/stdout');
      await file.write('two ');
      await file.commit();
      process.stdout.write('three');`;
    const output = await open(path, 'w');
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', output.fd, 'inherit'],
    });
    await once(child, 'exit');
    await output.close();
    expect(await readFile(path, 'utf8')).toBe('one two three');
  });
});
