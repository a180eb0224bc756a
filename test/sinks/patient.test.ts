import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, LostGroundError } from '../../src/errors.ts';
import { createDatedFileSink } from '../../src/sinks/dated-file.ts';
import { createPatientSink, type DroppedRanking, type PatientSinkOptions } from '../../src/sinks/patient.ts';
import { createRotatingFileSink } from '../../src/sinks/rotating-file.ts';
import type { Ranking } from '../../src/types.ts';
import { createRanking } from '../support/rankings.ts';
import { describeSink } from '../support/sink-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openPatientFile, rankingOf } from './patient-process.ts';

const named = (scan: string, rows = 2) => createRanking(rows, { scan });

function readLines(path: string): { type: string; scan: string }[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

/** The scans whose rankings are there to their end, in order, all that is there being whole. */
function scansIn(path: string): string[] {
  const lines = readLines(path);
  const scans = lines.filter(({ type }) => type === 'summary').map(({ scan }) => scan);
  let at = 0;
  for (const scan of scans) {
    const end = lines.findIndex(({ type }, index) => index >= at && type === 'summary');
    const ranking = lines.slice(at, end + 1) as unknown as [...unknown[], Ranking['summary']];
    expect(ranking).toHaveLength((ranking.at(-1) as Ranking['summary']).ranked_written + 1);
    expect(new Set(lines.slice(at, end + 1).map((line) => line.scan))).toEqual(new Set([scan]));
    at = end + 1;
  }
  expect(at).toBe(lines.length);
  return scans;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A patient file whose folder can be taken away, and what the sink said. */
function start(options: Partial<PatientSinkOptions> = {}) {
  const dir = temporaryFolder();
  const out = join(dir, 'out');
  const path = join(out, 'rankings.ndjson');
  const said: unknown[] = [];
  const open = () => {
    const sink = createPatientSink(createRotatingFileSink({ path }), {
      spillDir: join(dir, 'spill'),
      baseMs: 2,
      capMs: 10,
      onTrouble: (error) => said.push((error as Error).message.replace(/^cannot write .*: /, '')),
      onRecovered: (published) => said.push(published),
      onDropped: (dropped) => said.push(dropped),
      ...options,
    });
    onTestFinished(() => sink.close());
    return sink;
  };
  return { dir, out, path, said, open, spilled: () => filesIn(join(dir, 'spill')) };
}

function filesIn(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describeSink('a patient sink', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tapescan-patient-'));
  await writeFile(join(dir, 'file'), '');
  const patient = (path: string, spillDir: string) => {
    const { name, open, publish, close } = createPatientSink(createRotatingFileSink({ path }), { spillDir });
    return { name, open, close, publish: async (ranking: Ranking) => void (await publish(ranking)) };
  };
  const path = join(dir, 'rankings.ndjson');
  return {
    sink: patient(path, join(dir, 'spill')),
    read: async () => (existsSync(path) ? readLines(path) : undefined),
    expected: ({ rows, summary }) => [...rows, summary],
    replaces: false,
    broken: {
      sink: patient(path, join(dir, 'file/spill')),
      says: /^cannot write .*: a part of its path is a file, not a directory/,
    },
    cleanUp: () => rm(dir, { recursive: true }),
  };
});

describe('a patient sink', () => {
  it('publishes, and keeps nothing, while the sink works', async () => {
    const { out, path, said, open, spilled } = start();
    await mkdir(out);
    const sink = open();
    await sink.open();
    expect(await sink.publish(named('a'))).toBe('published');
    expect(scansIn(path)).toEqual(['a']);
    expect(spilled()).toEqual([]);
    expect(said).toEqual([]);
  });

  it('keeps what the sink does not take, and publishes it in order when it works again', async () => {
    const { out, path, said, open } = start();
    const sink = open();
    for (const scan of ['a', 'b', 'c']) expect(await sink.publish(named(scan))).toBe('spilled');
    expect(sink.waiting).toMatchObject({ rankings: 3 });
    expect(sink.waiting.bytes).toBeGreaterThan(3000);
    await mkdir(out);
    await until(() => sink.waiting.rankings === 0);
    expect(await sink.publish(named('d'))).toBe('published');
    expect(scansIn(path)).toEqual(['a', 'b', 'c', 'd']);
    expect(said).toEqual(['its directory does not exist; create it or choose another place', 3]);
  });

  it('keeps the order of calls that nobody waited for', async () => {
    const { out, path, open } = start();
    const sink = open();
    const publishAll = (scans: string) =>
      Promise.all([...scans].map((scan, index) => sink.publish(named(scan, index === 0 ? 400 : 1))));
    expect(await publishAll('abc')).toEqual(['spilled', 'spilled', 'spilled']);
    await mkdir(out);
    await until(() => sink.waiting.rankings === 0);
    expect(await publishAll('def')).toEqual(['published', 'published', 'published']);
    expect(scansIn(path).join('')).toBe('abcdef');
  });

  it('says so again when there is trouble again', async () => {
    const { out, said, open } = start();
    const sink = open();
    for (let round = 0; round < 2; round++) {
      await sink.publish(named(`${round}`));
      await mkdir(out);
      await until(() => said.length === 2 * round + 2);
      await rename(out, `${out}-${round}`);
    }
    expect(said).toEqual([expect.any(String), 1, expect.any(String), 1]);
  });

  it('gives rankings back as they were', async () => {
    const { out, path, open } = start();
    const sink = open();
    const ranking = named('a', 3000);
    await sink.publish(ranking);
    await mkdir(out);
    await until(() => sink.waiting.rankings === 0);
    expect(readLines(path)).toStrictEqual([...ranking.rows, ranking.summary]);
  });

  it('goes on where an earlier process stopped, and clears away what that did not finish', async () => {
    const { dir, out, path, open, spilled } = start();
    const first = open();
    for (const scan of ['a', 'b']) await first.publish(named(scan));
    await first.close();
    await writeFile(join(spilled()[0]!, '../.000000000009.ndjson.999999.tmp'), 'half a ran');
    const second = open();
    await second.open();
    expect(spilled()).toHaveLength(2);
    expect(await second.publish(named('c'))).toBe('spilled');
    await mkdir(out);
    await until(() => second.waiting.rankings === 0);
    expect(scansIn(path)).toEqual(['a', 'b', 'c']);
    await second.close();
    expect(filesIn(join(dir, 'spill'))).toEqual([]);
  });

  it('can be closed and opened again', async () => {
    const { out, path, open } = start();
    const sink = open();
    await sink.publish(named('a'));
    await sink.close();
    await mkdir(out);
    await sink.open();
    await until(() => sink.waiting.rankings === 0);
    expect(scansIn(path)).toEqual(['a']);
  });

  it('drops the oldest where there is no more room, says so, and stays within its bound', async () => {
    const bytes = 20_000;
    const { dir, out, path, said, open } = start({ maxSpillBytes: bytes });
    const sink = open();
    const scans = Array.from({ length: 12 }, (_, index) => `scan-${index}`);
    for (const scan of scans) {
      await sink.publish(named(scan, 2));
      // Besides what is being published.
      expect(sink.waiting.bytes).toBeLessThan(bytes + 6000);
    }
    await sink.close();
    const onDisk = filesIn(join(dir, 'spill')).reduce((sum, file) => sum + statSync(file).size, 0);
    expect(onDisk).toBeLessThanOrEqual(bytes);
    expect(onDisk).toBe(sink.waiting.bytes);
    const dropped = said.slice(1) as DroppedRanking[];
    expect(dropped.length).toBeGreaterThan(2);
    expect(new Set(dropped.map(({ reason }) => reason))).toEqual(new Set(['surplus']));
    // One whose publication was under way goes a little later.
    expect(new Set(dropped.map(({ scan }) => scan))).toEqual(new Set(scans.slice(0, dropped.length)));
    await mkdir(out);
    const next = open();
    await next.open();
    await until(() => next.waiting.rankings === 0);
    expect(scansIn(path)).toEqual(scans.slice(dropped.length));
  });

  it('drops what is being published once that has failed, and not what is younger', async () => {
    let fail = (_: Error) => {};
    const tried: string[] = [];
    // A sink that takes its time, which no file does.
    const slow = {
      name: 'slow',
      open: async () => {},
      close: async () => {},
      publish: ({ summary }: Ranking) => {
        tried.push(summary.scan);
        return new Promise<void>((_, reject) => {
          fail = reject;
        });
      },
    };
    const dropped: (string | undefined)[] = [];
    const sink = createPatientSink(slow, {
      spillDir: temporaryFolder(),
      maxSpillBytes: 20_000,
      baseMs: 1,
      onDropped: ({ scan }) => dropped.push(scan),
    });
    const first = sink.publish(named('a', 0));
    await until(() => tried.length === 1);
    fail(new Error('no'));
    expect(await first).toBe('spilled');
    await until(() => tried.length === 2);
    // The first one is small enough to stay with the last two; but it is older than the second.
    for (const scan of ['b', 'c', 'd']) await sink.publish(named(scan, 3));
    expect(dropped).toEqual(['b']);
    fail(new Error('no'));
    await until(() => tried.length === 3);
    expect(dropped).toEqual(['b', 'a']);
    expect(tried).toEqual(['a', 'a', 'c']);
    const closed = sink.close();
    fail(new Error('no'));
    await closed;
  });

  it('refuses a ranking that is larger than all that may wait, and drops none for it', async () => {
    const { open, spilled } = start({ maxSpillBytes: 20_000 });
    const sink = open();
    await sink.publish(named('a', 1));
    const refused = sink.publish(named('b', 100));
    await expect(refused).rejects.toThrow(LostGroundError);
    await expect(refused).rejects.toThrow(/^cannot keep b in .*: it is larger than all .*, 20000 bytes/);
    expect(await sink.publish(named('c', 1))).toBe('spilled');
    expect(spilled()).toHaveLength(2);
  });

  it.each([
    ['is cut off', (text: string) => text.slice(0, -200)],
    ['lost its last row', (text: string) => text.replace(/[^\n]*\n$/, '')],
    ['is empty', () => ''],
    ['is not its own', () => '{"type":"ranked"}\n'],
  ])('sets no hope in a file that %s, says so, and goes on with the next', async (_, damage) => {
    const { out, path, said, open, spilled } = start();
    const sink = open();
    for (const scan of ['a', 'b', 'c']) await sink.publish(named(scan));
    await sink.close();
    const damaged = spilled()[1]!;
    await writeFile(damaged, damage(readFileSync(damaged, 'utf8')));
    await mkdir(out);
    const next = open();
    await next.open();
    await until(() => next.waiting.rankings === 0);
    expect(scansIn(path)).toEqual(['a', 'c']);
    await next.close();
    expect(said).toContainEqual({ scan: undefined, bytes: expect.any(Number), reason: 'damaged' });
    expect(spilled()).toEqual([]);
  });

  it('goes on where somebody has removed a file', async () => {
    const { out, path, open, spilled } = start();
    const sink = open();
    for (const scan of ['a', 'b']) await sink.publish(named(scan));
    await rm(spilled()[0]!);
    await mkdir(out);
    await until(() => sink.waiting.rankings === 0);
    expect(scansIn(path)).toEqual(['b']);
  });

  it('passes on that neither sink nor folder can be written, and works once one can', async () => {
    const { dir, out, path, open } = start();
    await writeFile(join(dir, 'spill'), 'in the way');
    const sink = open();
    await expect(sink.publish(named('a'))).rejects.toThrow(LostGroundError);
    await rm(join(dir, 'spill'));
    await mkdir(out);
    expect(await sink.publish(named('b'))).toBe('published');
    expect(scansIn(path)).toEqual(['b']);
  });

  it('keeps apart what waits for different sinks in one folder', async () => {
    const dir = temporaryFolder();
    await writeFile(join(dir, 'away'), '');
    const open = (name: string) =>
      createPatientSink(createDatedFileSink({ dir: join(dir, 'away', name), format: 'json' }), {
        spillDir: join(dir, 'spill'),
        baseMs: 2,
        capMs: 10,
      });
    const sinks = ['x', 'y'].map(open);
    for (const sink of sinks) onTestFinished(() => sink.close());
    await Promise.all(sinks.map((sink, index) => sink.publish(named(`${index}`))));
    await rm(join(dir, 'away'));
    await until(() => sinks.every(({ waiting }) => waiting.rankings === 0));
    const { as_of } = named('').summary;
    expect(filesIn(join(dir, 'away')).map((file) => file.slice(dir.length))).toEqual([
      `/away/x/${as_of}/0.json`,
      '/away/x/latest.json',
      `/away/y/${as_of}/1.json`,
      '/away/y/latest.json',
    ]);
  });

  const step = fc.constantFrom('publish', 'publish', 'away', 'back', 'reopen', 'wait');
  test.prop([fc.array(step, { minLength: 5, maxLength: 25, size: 'max' })], { numRuns: 40 })(
    'publishes each ranking once and in order, whatever happens meanwhile',
    async (steps) => {
      const dir = await mkdtemp(join(tmpdir(), 'tapescan-patient-'));
      const out = join(dir, 'out');
      const path = join(out, 'rankings.ndjson');
      let sink = openPatientFile(join(dir, 'spill'), path);
      try {
        let published = 0;
        let isAway = true;
        for (const what of steps) {
          if (what === 'publish') await sink.publish(rankingOf(published++));
          if (what === 'away' && !isAway) await rename(out, join(dir, 'elsewhere'));
          if (what === 'back' && isAway) {
            if (existsSync(join(dir, 'elsewhere'))) await rename(join(dir, 'elsewhere'), out);
            else await mkdir(out);
          }
          if (what === 'away' || what === 'back') isAway = what === 'away';
          if (what === 'wait') await new Promise((resolve) => setTimeout(resolve, 5));
          if (what !== 'reopen') continue;
          await sink.close();
          sink = openPatientFile(join(dir, 'spill'), path);
        }
        if (isAway) {
          if (existsSync(join(dir, 'elsewhere'))) await rename(join(dir, 'elsewhere'), out);
          else await mkdir(out);
        }
        await sink.open();
        await until(() => sink.waiting.rankings === 0);
        expect(scansIn(path)).toEqual(Array.from({ length: published }, (_, number) => `scan-${number}`));
      } finally {
        await sink.close();
        await rm(dir, { recursive: true });
      }
    },
  );

  it.each([
    [3, 100],
    [12, 5],
    [17, 9],
    [26, 20],
    [40, 1],
  ])(
    'loses and doubles nothing that it had when it is killed after %i rankings, the sink back after %i',
    async (kill, back) => {
      const { dir, out, path } = start();
      const script = new URL('./patient-process.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, [script, join(dir, 'spill'), path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      let reported = 0;
      const ways = new Set<string>();
      for await (const line of createInterface({ input: child.stdout })) {
        ways.add(line.split(' ')[1]!);
        reported++;
        if (reported === back) await mkdir(out);
        // What it writes between the signal and its end is read too.
        if (reported === kill) child.kill('SIGKILL');
      }
      await ended;
      expect(ways).toContain('spilled');
      if (!existsSync(out)) await mkdir(out);
      const sink = openPatientFile(join(dir, 'spill'), path);
      onTestFinished(() => sink.close());
      await sink.open();
      await until(() => sink.waiting.rankings === 0);
      const scans = scansIn(path);
      expect(scans).toEqual(Array.from({ length: scans.length }, (_, number) => `scan-${number}`));
      // The last one may be kept already without having been reported.
      expect([reported, reported + 1]).toContain(scans.length);
    },
  );

  it.each([{ baseMs: 0 }, { baseMs: 10, capMs: 5 }, { maxSpillBytes: 0 }])('refuses %o', (options) => {
    expect(() => start(options).open()).toThrow(ConfigError);
  });
});
