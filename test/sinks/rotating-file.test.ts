import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ConfigError, LostGroundError } from '../../src/errors.ts';
import { createRotatingFileSink, type RotatingFileOptions } from '../../src/sinks/rotating-file.ts';
import type { Ranking } from '../../src/types.ts';
import { createRanking } from '../support/rankings.ts';
import { describeSink } from '../support/sink-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The lines that a ranking is. */
function linesOf({ rows, summary }: Ranking): unknown[] {
  return [...rows, summary];
}

function readLines(path: string): unknown[] {
  const text = readFileSync(path, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const named = (scan: string, rows = 2) => createRanking(rows, { scan });

describeSink('a file that is appended to', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tapescan-rotating-'));
  const path = join(dir, 'out.ndjson');
  return {
    sink: createRotatingFileSink({ path }),
    read: async () => (existsSync(path) ? readLines(path) : undefined),
    expected: linesOf,
    replaces: false,
    broken: {
      sink: createRotatingFileSink({ path: join(dir, 'missing/out') }),
      says: /missing\/out: its directory does not exist; create it or choose another place$/,
    },
    cleanUp: () => rm(dir, { recursive: true }),
  };
});

describe('a file that is rotated', () => {
  const start = (options: Partial<RotatingFileOptions> = {}) => {
    const dir = temporaryFolder();
    const path = join(dir, 'out.ndjson');
    return { dir, path, sink: createRotatingFileSink({ path, ...options }) };
  };
  /** Scans by file, the newest file first. */
  const scansIn = async (dir: string) => {
    const names = (await readdir(dir)).sort();
    return names.map((name) => {
      const scans = readLines(join(dir, name)).map((line) => (line as { scan: string }).scan);
      return [name, ...new Set(scans)].join(' ');
    });
  };

  it('is one when it is full, between rankings, and the oldest goes', async () => {
    const { dir, sink } = start({ maxBytes: 1, keep: 2 });
    for (const scan of ['a', 'b', 'c', 'd']) await sink.publish(named(scan));
    expect(await scansIn(dir)).toEqual(['out.ndjson d', 'out.ndjson.1 c', 'out.ndjson.2 b']);
  });

  it('stays one until it has the bytes', async () => {
    const { dir, path, sink } = start({ keep: 1 });
    await sink.publish(named('a'));
    const { length } = await readFile(path);
    const bounded = createRotatingFileSink({ path, maxBytes: 2 * length, keep: 1 });
    for (const scan of ['b', 'c']) await bounded.publish(named(scan));
    expect(await scansIn(dir)).toEqual(['out.ndjson c', 'out.ndjson.1 a b']);
  });

  it('is one when it is old, and goes on with what it finds', async () => {
    let now = Date.now();
    const { dir, path } = start();
    const reopened = () => createRotatingFileSink({ path, maxAgeMs: 3_600_000, now: () => now });
    await reopened().publish(named('a'));
    await reopened().publish(named('b'));
    now += 3_700_000;
    await reopened().publish(named('c'));
    expect(await scansIn(dir)).toEqual(['out.ndjson c', 'out.ndjson.1 a b']);
  });

  it('can do without older files', async () => {
    const { dir, sink } = start({ maxBytes: 1, keep: 0 });
    for (const scan of ['a', 'b']) await sink.publish(named(scan));
    expect(await scansIn(dir)).toEqual(['out.ndjson b']);
  });

  it('loses nothing by a rotation that was cut off, and what is beyond its number goes', async () => {
    const { dir, path, sink } = start({ maxBytes: 1, keep: 3 });
    for (const scan of ['a', 'b', 'c']) await sink.publish(named(scan));
    // As a crash between two renames leaves it: nothing is `.1`.
    await rename(`${path}.2`, `${path}.3`);
    await rename(`${path}.1`, `${path}.2`);
    await writeFile(`${path}.7`, '');
    await sink.publish(named('d'));
    expect(await scansIn(dir)).toEqual([
      'out.ndjson d',
      'out.ndjson.1 c',
      'out.ndjson.2 b',
      'out.ndjson.3 a',
    ]);
  });

  const sizes = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 4, size: 'max' });
  test.prop([sizes, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom('cut', 'zeros', 'garbage')], {
    numRuns: 60,
  })('has whole rankings only, wherever a crash cut it off', async (counts, share, tail) => {
    const dir = await mkdtemp(join(tmpdir(), 'tapescan-rotating-'));
    try {
      const path = join(dir, 'out.ndjson');
      const rankings = counts.map((rows, index) => named(`scan-${index}`, rows));
      const ends: number[] = [];
      const sink = createRotatingFileSink({ path });
      for (const ranking of rankings) {
        await sink.publish(ranking);
        ends.push((await readFile(path)).length);
      }
      const left = Math.floor(share * ends.at(-1)!);
      await truncate(path, left);
      // What a power cut leaves behind what was not synced.
      if (tail === 'zeros') await truncate(path, left + 100_000);
      if (tail === 'garbage')
        await writeFile(path, '{"type":"summary"}, "\n{"type":"summary",'.repeat(3), { flag: 'a' });
      const whole = rankings.filter((_, index) => ends[index]! <= left);
      await createRotatingFileSink({ path }).open();
      expect(existsSync(path) ? readLines(path) : []).toStrictEqual(whole.flatMap(linesOf));
      // The one that was cut off, or a new one.
      const next = rankings[whole.length] ?? named('next', 3);
      await createRotatingFileSink({ path }).publish(next);
      expect(readLines(path)).toStrictEqual([...whole, next].flatMap(linesOf));
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('finds its last ranking behind a long tail', async () => {
    const { path, sink } = start();
    await sink.publish(named('a', 0));
    const rows = [...named('b', 400).rows].map((row) => `${JSON.stringify(row)}\n`).join('');
    for (const cut of [0, 1, 16, 17, 18, 65_536]) {
      await writeFile(path, rows.slice(cut), { flag: 'a' });
      await sink.open();
      expect(readLines(path)).toStrictEqual(linesOf(named('a', 0)));
    }
  });

  it.each([1, 8, 16, 17])('finds a closing line whose first %i bytes are in another chunk', async (bytes) => {
    const { path, sink } = start();
    await sink.publish(named('a', 0));
    const { length } = await readFile(path);
    await writeFile(path, 'x'.repeat(3 * 65_536 + bytes - length), { flag: 'a' });
    await sink.open();
    expect(readLines(path)).toStrictEqual(linesOf(named('a', 0)));
  });

  it('has no ranking twice that is published again, and any other', async () => {
    const { path, sink } = start();
    for (const ranking of [named('a'), named('b'), named('b'), named('a')]) await sink.publish(ranking);
    expect(readLines(path)).toStrictEqual([named('a'), named('b'), named('a')].flatMap(linesOf));
  });

  it('sets aside what has no end of a ranking in it', async () => {
    const { dir, path, sink } = start();
    await writeFile(path, 'somebody else’s notes');
    await sink.open();
    await sink.publish(named('a'));
    expect((await readdir(dir)).sort()).toEqual(['out.ndjson', 'out.ndjson.torn']);
    expect(await readFile(`${path}.torn`, 'utf8')).toBe('somebody else’s notes');
    expect(readLines(path)).toStrictEqual(linesOf(named('a')));
  });

  it.runIf(process.platform === 'linux')('is no device', async () => {
    await expect(createRotatingFileSink({ path: '/dev/full' }).open()).rejects.toStrictEqual(
      new LostGroundError('cannot write /dev/full: it is not a regular file; choose another place'),
    );
  });

  it('ends as before where a size limit cuts a ranking off', async () => {
    const { path, sink } = start();
    await sink.publish(named('a', 10));
    const urlOf = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    const script = `
      // The limit comes as a signal first.
      process.on('SIGXFSZ', () => {});
      const { createRotatingFileSink } = await import(${urlOf('../../src/sinks/rotating-file.ts')});
      const { createRanking } = await import(${urlOf('../support/rankings.ts')});
      await createRotatingFileSink({ path: ${JSON.stringify(path)} })
        .publish(createRanking(400, { scan: 'b' }))
        .catch((error) => console.log(error.message));`;
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      'ulimit -f 200; exec "$0" --input-type=module -e "$1"',
      process.execPath,
      script,
    ]);
    expect(stdout).toMatch(/^cannot write .*: the file would be larger than is allowed; raise the limit/);
    expect(readLines(path)).toStrictEqual(linesOf(named('a', 10)));
  });

  it('follows when somebody else has moved the file away', async () => {
    const { dir, path, sink } = start();
    await sink.publish(named('a'));
    await rename(path, join(dir, 'moved'));
    await sink.publish(named('b'));
    expect(await scansIn(dir)).toEqual(['moved a', 'out.ndjson b']);
  });

  it('needs its directory when a ranking comes', async () => {
    const { dir, path, sink } = start();
    await rm(dir, { recursive: true });
    await expect(sink.publish(named('a'))).rejects.toThrow(LostGroundError);
    await mkdir(dir);
    await sink.publish(named('a'));
    expect(readLines(path)).toHaveLength(3);
  });

  it.each([{ maxBytes: 0 }, { maxAgeMs: Number.NaN }, { keep: -1 }])('refuses %o', (options) => {
    expect(() => start(options)).toThrow(ConfigError);
  });

  it('lets a reader go on with the file that it opened', async () => {
    const { path, sink } = start({ maxBytes: 1, keep: 0 });
    await sink.publish(named('a'));
    const reader = await open(path);
    await sink.publish(named('b'));
    const text = await reader.readFile('utf8');
    await reader.close();
    expect(text).toContain('"scan":"a"');
  });
});
