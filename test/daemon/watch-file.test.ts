import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { watchFile } from '../../src/daemon/watch-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SETTLE_MS = 30;
/** So long that nothing is found by looking. */
const NEVER_MS = 600_000;

/** A watch, and what was told of it: each content as it was read. */
function startWatch(
  path: string,
  {
    pollMs = NEVER_MS,
    work = () => Promise.resolve(),
  }: { pollMs?: number; work?: () => Promise<unknown> } = {},
) {
  const ending = new AbortController();
  const told: string[] = [];
  const troubles: string[] = [];
  let underWay = 0;
  const over = watchFile(path, {
    settleMs: SETTLE_MS,
    pollMs,
    signal: ending.signal,
    async onChange() {
      expect(++underWay).toBe(1);
      told.push(await readFile(path, 'utf8').catch(() => ''));
      await work();
      underWay--;
    },
    onTrouble: (reason) => troubles.push(reason),
    onRecovered: () => troubles.push('recovered'),
  });
  const end = async () => {
    ending.abort();
    await over;
  };
  onTestFinished(end);
  return { told, troubles, end, over };
}

/** Until the watch has told so many times; then as long as a change would take to be told. */
async function toldTimes(told: readonly string[], times: number): Promise<void> {
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(times), 10_000);
  await sleep(5 * SETTLE_MS);
  expect(told).toHaveLength(times);
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

describe('watchFile', () => {
  const newFile = async (text = 'A') => {
    const path = join(temporaryFolder(), 'list.txt');
    await writeFile(path, text);
    return path;
  };

  it('tells what the file holds at first, and again after each change', async () => {
    const path = await newFile();
    const { told } = startWatch(path);
    await toldTimes(told, 1);
    await writeFile(path, 'B');
    await toldTimes(told, 2);
    await appendFile(path, 'C');
    await toldTimes(told, 3);
    await replace(path, 'D');
    await toldTimes(told, 4);
    await replace(path, 'E');
    await toldTimes(told, 5);
    expect(told).toEqual(['A', 'B', 'BC', 'D', 'E']);
  });

  it('tells a burst of writes once', async () => {
    const path = await newFile();
    const { told } = startWatch(path);
    await toldTimes(told, 1);
    for (let index = 0; index < 200; index++) await appendFile(path, `${index}`);
    await toldTimes(told, 2);
    expect(told[1]).toBe(await readFile(path, 'utf8'));
  });

  it('does not tell a touch, nor the same content in another file', async () => {
    const path = await newFile();
    const { told } = startWatch(path);
    await toldTimes(told, 1);
    await utimes(path, new Date(0), new Date(0));
    await sleep(3 * SETTLE_MS);
    await replace(path, 'A');
    await toldTimes(told, 1);
  });

  it('follows a link that is turned, and the file that it leads to', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'list.txt');
    await mkdir(join(folder, 'lists'));
    for (const name of ['A', 'B']) await writeFile(join(folder, 'lists', name), name);
    await symlink(join('lists', 'A'), path);
    const { told } = startWatch(path);
    await toldTimes(told, 1);
    await symlink(join('lists', 'B'), `${path}.new`);
    await rename(`${path}.new`, path);
    await toldTimes(told, 2);
    await writeFile(join(folder, 'lists', 'B'), 'B2');
    await toldTimes(told, 3);
    expect(told).toEqual(['A', 'B', 'B2']);
  });

  it('follows a link on the way to the file, as secrets and settings are mounted in containers', async () => {
    const folder = temporaryFolder();
    for (const version of ['v1', 'v2']) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'list.txt'), version);
    }
    await symlink('v1', join(folder, '..data'));
    await symlink(join('..data', 'list.txt'), join(folder, 'list.txt'));
    const { told } = startWatch(join(folder, 'list.txt'), { pollMs: 50 });
    await toldTimes(told, 1);
    await symlink('v2', join(folder, '..new'));
    await rename(join(folder, '..new'), join(folder, '..data'));
    await toldTimes(told, 2);
    expect(told).toEqual(['v1', 'v2']);
  });

  it('waits for a folder that appears later, and says once that the file is not there', async () => {
    const folder = join(temporaryFolder(), 'later');
    const path = join(folder, 'list.txt');
    const { told, troubles } = startWatch(path, { pollMs: 20 });
    await vi.waitFor(() => expect(troubles).toHaveLength(1), 10_000);
    await sleep(10 * SETTLE_MS);
    expect(troubles).toEqual(['it is not there']);
    await mkdir(folder);
    await writeFile(path, 'A');
    await toldTimes(told, 1);
    expect(troubles).toEqual(['it is not there', 'recovered']);
    await rm(folder, { recursive: true });
    await vi.waitFor(() => expect(troubles).toHaveLength(3), 10_000);
    await mkdir(folder);
    await writeFile(path, 'B');
    await toldTimes(told, 2);
    await rm(path);
    await vi.waitFor(() => expect(troubles).toHaveLength(5), 10_000);
    expect(troubles[4]).toBe('it is not there');
  });

  it('says of a folder and of a pipe that they are no file, and waits for nobody who writes', async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [folder, pipe]) {
      const { troubles, told } = startWatch(path);
      await vi.waitFor(() => expect(troubles).toEqual(['it is not a file']), 10_000);
      expect(told).toEqual([]);
    }
  });

  it('finds by looking what the system does not tell', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'list.txt');
    await symlink(join(folder, 'a'), path);
    await symlink(join(folder, 'b'), join(folder, 'a'));
    await writeFile(join(folder, 'b'), '1');
    const { told } = startWatch(path, { pollMs: 20 });
    await toldTimes(told, 1);
    // Neither the name nor the file that it led to: of the link between them nothing is heard.
    await writeFile(join(folder, 'c'), '2');
    await symlink(join(folder, 'c'), join(folder, 'new'));
    await rename(join(folder, 'new'), join(folder, 'a'));
    await toldTimes(told, 2);
    expect(told).toEqual(['1', '2']);
  });

  it('sees a content of the same length and the same time of writing', async () => {
    const path = await newFile('1');
    const { atime, mtime } = await stat(path);
    const { told } = startWatch(path);
    await toldTimes(told, 1);
    await replace(`${path}`, '2');
    await utimes(path, atime, mtime);
    await toldTimes(told, 2);
    expect(told).toEqual(['1', '2']);
  });

  it('tells one more time, and one only, what changed meanwhile', async () => {
    const path = await newFile('0');
    let finish = () => {};
    const { told } = startWatch(path, { work: () => new Promise<void>((resolve) => (finish = resolve)) });
    await vi.waitFor(() => expect(told).toHaveLength(1), 10_000);
    for (const text of ['1', '2', '3']) {
      await writeFile(path, text);
      await sleep(2 * SETTLE_MS);
    }
    expect(told).toEqual(['0']);
    finish();
    await vi.waitFor(() => expect(told).toEqual(['0', '3']), 10_000);
    // There and back again: what was read in between may have been the other content.
    await writeFile(path, '4');
    await sleep(2 * SETTLE_MS);
    await writeFile(path, '3');
    finish();
    await vi.waitFor(() => expect(told).toEqual(['0', '3', '3']), 10_000);
    finish();
  });

  it('ends when it is told to, also where it waits, and with what cannot be done', async () => {
    const path = await newFile();
    const { told, end, over } = startWatch(path);
    await toldTimes(told, 1);
    await end();
    await expect(over).resolves.toBeUndefined();
    const broken = watchFile(path, {
      signal: new AbortController().signal,
      onChange: () => Promise.reject(new Error('no more')),
    });
    await expect(broken).rejects.toThrow('no more');
  });

  const step = fc.record({
    how: fc.constantFrom('write', 'append', 'replace', 'anew', 'link', 'touch', 'same', 'remove'),
    // Often the same: what counts is that the last one was seen.
    text: fc.constantFrom('A', 'B', 'CC'),
    pauseMs: fc.constantFrom(0, 0, 1, 5, 2 * SETTLE_MS),
  });
  test.prop([fc.array(step, { minLength: 1, maxLength: 12, size: 'max' }), fc.nat({ max: 40 })], {
    numRuns: 25,
  })('has seen the last content in the end, whatever was done to the file', async (steps, workMs) => {
    const folder = temporaryFolder();
    const path = join(folder, 'list.txt');
    await writeFile(path, 'first');
    const { told, end } = startWatch(path, { pollMs: 100, work: () => sleep(workMs) });
    for (const [index, { how, text, pauseMs }] of steps.entries()) {
      const current = await readFile(path, 'utf8').catch(() => '');
      if (how === 'write') await writeFile(path, text);
      if (how === 'append') await appendFile(path, text);
      if (how === 'replace') await replace(path, text);
      if (how === 'touch') await utimes(path, index, index).catch(() => {});
      if (how === 'same') await writeFile(path, current);
      if (how === 'remove' || how === 'anew') await rm(path, { force: true });
      if (how === 'anew') await writeFile(path, text);
      if (how === 'link') {
        const target = join(folder, `target-${index}`);
        await writeFile(target, text);
        await symlink(target, `${path}.link`);
        await rename(`${path}.link`, path);
      }
      await sleep(pauseMs);
    }
    const last = await readFile(path, 'utf8').catch(() => undefined);
    const final = last ?? 'back again';
    if (last === undefined) await writeFile(path, final);
    await vi.waitFor(() => expect(told.at(-1)).toBe(final), 10_000);
    await sleep(3 * SETTLE_MS);
    await end();
    expect(told.at(-1)).toBe(final);
  });
});
