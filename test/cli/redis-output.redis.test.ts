import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import type { RankedRow, Summary } from '../../src/types.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { jsonLines, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describeWithRedis('a Redis stream as output', (url) => {
  it('holds the rows in order and closes with the summary', async () => {
    const stream = `tapescan-test:${process.pid}:cli`;
    const client = new Redis(`${url}/0`);
    onTestFinished(async () => {
      await client.del(stream);
      client.disconnect();
    });
    const folder = temporaryFolder();
    const { stdout: list } = await runCli(['simulate', '--list', '--symbols', '80']);
    const outputs = ['--out', `${url}/0/${stream}`, '--out', 'ranked.ndjson', '--summary', 'summary.json'];
    const ended = await runCli(
      ['scan', '--source', 'simulator', '--symbols', '80', '--no-cache', ...outputs],
      {
        input: list,
        cwd: folder,
      },
    );
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' });

    const entries = (await client.xrange(stream, '-', '+')).map(([, fields]) => {
      const names = fields.filter((_field, at) => at % 2 === 0);
      return Object.fromEntries(names.map((name, at) => [name, fields[2 * at + 1]!]));
    });
    const rows = jsonLines<RankedRow>(readFileSync(join(folder, 'ranked.ndjson'), 'utf8'));
    expect(rows.length).toBeGreaterThan(40);
    const closing = entries.pop()!;
    expect(entries.map(({ data }) => JSON.parse(data!))).toEqual(rows);
    expect(closing.type).toBe('summary');
    // The file is written later: its seconds have the writing of the stream in them.
    const { seconds: _seconds, ...summary } = JSON.parse(closing.data!) as Summary;
    expect(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))).toMatchObject(summary);
  });

  it('is asked before anything is fetched, and its password is not shown', async () => {
    const { stdout, stderr, code } = await runCli(
      ['scan', '--source', 'simulator', '--out', `${url.replace('://', '://user:hidden-word@')}/0/s`],
      { input: 'SPY\n' },
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^tapescan: cannot write redis:\/\/127\.0\.0\.1:\d+\/0\/s: user or password are refused/,
    );
    expect(stderr).not.toContain('hidden-word');
  });
});
