import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createDatedFileSink, type DatedFileOptions } from '../../src/sinks/dated-file.ts';
import type { Ranking } from '../../src/types.ts';
import { createRanking } from '../support/rankings.ts';
import { describeSink } from '../support/sink-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY_MS = 86_400_000;

function rankingOf(scan: string, session = '2024-05-03', rows = 2): Ranking {
  const ranking = createRanking(rows, { scan });
  return { ...ranking, summary: { ...ranking.summary, as_of: session } };
}

/** All files below, sorted. */
async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

describeSink('dated files', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'tapescan-dated-'));
  await writeFile(join(parent, 'file'), '');
  const dir = join(parent, 'out');
  return {
    sink: createDatedFileSink({ dir, format: 'json' }),
    read: async () => {
      const files = await filesOf(dir);
      if (files.length === 0) return undefined;
      // Both have the same text, or the test fails.
      const latest = await readFile(join(dir, 'latest.json'), 'utf8');
      const { summary } = JSON.parse(latest);
      expect(await readFile(join(dir, summary.as_of, `${summary.scan}.json`), 'utf8')).toBe(latest);
      return JSON.parse(latest);
    },
    expected: ({ summary, rows }) => ({ summary, rows: [...rows] }),
    replaces: true,
    broken: {
      sink: createDatedFileSink({ dir: join(parent, 'file/out'), format: 'json' }),
      says: /file\/out: a part of its path is a file, not a directory/,
    },
    cleanUp: () => rm(parent, { recursive: true }),
  };
});

describe('dated files', () => {
  const open_ = (options: Partial<DatedFileOptions> = {}) => {
    const dir = temporaryFolder();
    const sink = createDatedFileSink({ dir, format: 'ndjson', ...options });
    /** Publishes, and makes the file so many days old. */
    const publish = async (scan: string, session: string, ageDays = 0) => {
      await sink.publish(rankingOf(scan, session));
      const seconds = (Date.now() - ageDays * DAY_MS) / 1000;
      await utimes(join(dir, session, `${scan}.ndjson`), seconds, seconds);
    };
    return { dir, sink, publish };
  };

  it('are one a scan, by session', async () => {
    const { dir, publish } = open_();
    await publish('a', '2024-05-02');
    await publish('b', '2024-05-03');
    await publish('c', '2024-05-03');
    expect(await filesOf(dir)).toEqual([
      '2024-05-02/a.ndjson',
      '2024-05-03/b.ndjson',
      '2024-05-03/c.ndjson',
      'latest.ndjson',
    ]);
    expect(await readFile(join(dir, 'latest.ndjson'), 'utf8')).toContain('"scan":"c"');
  });

  it.each([
    ['ndjson', 'ndjson'],
    ['csv', 'csv'],
    ['json', 'json'],
    ['table', 'txt'],
  ] as const)('have the extension of the format %s', async (format, extension) => {
    const { dir, sink } = open_({ format });
    await sink.publish(rankingOf('a'));
    expect(await filesOf(dir)).toEqual([`2024-05-03/a.${extension}`, `latest.${extension}`]);
  });

  it('stay inside, whatever a scan is called', async () => {
    const parent = temporaryFolder();
    const sink = createDatedFileSink({ dir: join(parent, 'out'), pattern: '{scan}.{ext}', format: 'ndjson' });
    const scans = ['../../x', 'latest', '/etc/x', '..', 'x'.repeat(300)];
    for (const scan of scans) await sink.publish(rankingOf(scan));
    expect(await filesOf(parent)).toEqual([
      'out/%2E.%2F..%2Fx.ndjson',
      'out/%2E..ndjson',
      'out/%2Fetc%2Fx.ndjson',
      'out/%6Catest.ndjson',
      'out/latest.ndjson',
      expect.stringMatching(/^out\/x{80}~[\da-f]{32}\.ndjson$/),
    ]);
  });

  it('let a reader of the latest go on with what it opened', async () => {
    const { dir, sink } = open_({ keep: { count: 1 } });
    await sink.publish(rankingOf('old', '2024-05-02', 500));
    const reader = await open(join(dir, 'latest.ndjson'));
    const begun = await reader.read(Buffer.alloc(1000));
    await sink.publish(rankingOf('new', '2024-05-03', 3));
    const rest = await reader.readFile('utf8');
    await reader.close();
    const lines = (begun.buffer.toString('utf8', 0, begun.bytesRead) + rest).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toStrictEqual([
      ...rankingOf('old', '2024-05-02', 500).rows,
    ]);
    expect(await filesOf(dir)).toEqual(['2024-05-03/new.ndjson', 'latest.ndjson']);
  });

  it('keep the newest by count, and no empty directory', async () => {
    const { dir, sink, publish } = open_({ keep: { count: 2 } });
    await publish('a', '2024-05-01', 4);
    await publish('b', '2024-05-02', 2);
    await publish('c', '2024-05-03', 3);
    await sink.publish(rankingOf('d', '2024-05-04'));
    expect(await filesOf(dir)).toEqual(['2024-05-02/b.ndjson', '2024-05-04/d.ndjson', 'latest.ndjson']);
    expect((await readdir(dir)).sort()).toEqual(['2024-05-02', '2024-05-04', 'latest.ndjson']);
  });

  it('keep the newest by age, and always the one just published', async () => {
    let now = Date.now();
    const { dir, sink, publish } = open_({ keep: { ageMs: 10 * DAY_MS }, now: () => now });
    await publish('a', '2024-05-01', 11);
    await publish('b', '2024-05-02', 9);
    await sink.publish(rankingOf('c', '2024-05-03'));
    expect(await filesOf(dir)).toEqual(['2024-05-02/b.ndjson', '2024-05-03/c.ndjson', 'latest.ndjson']);
    now += 100 * DAY_MS;
    await sink.publish(rankingOf('d', '2024-05-03'));
    expect(await filesOf(dir)).toEqual(['2024-05-03/d.ndjson', 'latest.ndjson']);
  });

  it('leave alone what is not theirs', async () => {
    const { dir, sink, publish } = open_({ keep: { count: 1 } });
    const others = ['notes/a.ndjson', '2024-05-01/a.csv', '2024-05-01/deep/a.ndjson', 'a.ndjson'];
    for (const path of others) {
      await mkdir(join(dir, path, '..'), { recursive: true });
      await writeFile(join(dir, path), '');
    }
    await publish('a', '2024-05-01', 1);
    await sink.publish(rankingOf('b', '2024-05-02'));
    expect(await filesOf(dir)).toEqual([...others, '2024-05-02/b.ndjson', 'latest.ndjson'].sort());
  });

  // Root may remove everything, so the question is put as somebody else.
  it.skipIf(process.platform === 'win32')(
    'are published where old ones cannot be removed, which is said',
    async () => {
      const { dir, publish } = open_();
      await publish('a', '2024-05-01', 1);
      await chmod(join(dir, 'latest.ndjson'), 0o666);
      await chmod(join(dir, '2024-05-01'), 0o555);
      await chmod(dir, 0o777);
      const urlOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
      const script = `
      const { createDatedFileSink } = await import(${urlOf('../../src/sinks/dated-file.ts')});
      const { createRanking } = await import(${urlOf('../support/rankings.ts')});
      if (process.getuid() === 0) process.setuid(65534);
      const sink = createDatedFileSink({
        dir: ${JSON.stringify(dir)}, format: 'ndjson', keep: { count: 1 }, onTrouble: (reason) => console.log(reason),
      });
      await sink.publish(createRanking(1, { scan: 'b' }));`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
      expect(stdout).toMatch(
        /^cannot remove old files from .*: EACCES: permission denied, unlink '.*a\.ndjson'\n$/,
      );
      expect(await filesOf(dir)).toEqual(['2024-05-01/a.ndjson', '2024-05-03/b.ndjson', 'latest.ndjson']);
      expect(await readFile(join(dir, 'latest.ndjson'), 'utf8')).toContain('"scan":"b"');
    },
  );

  it('refuse bounds that keep nothing', () => {
    expect(() => open_({ keep: { count: 0 } })).toThrow(ConfigError);
    expect(() => open_({ keep: { ageMs: -1 } })).toThrow(
      'Expected `keep.ageMs` to be an integer from 0, got `-1`',
    );
  });
});
