import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createSink } from '../../src/sinks/index.ts';
import { createRanking } from '../support/rankings.ts';

const stdout = new PassThrough();

describe('createSink', () => {
  it.each([
    ['a.ndjson', /^\{"type":"ranked"/],
    ['a.jsonl', /^\{"type":"ranked"/],
    ['a.JSON', /^\{"summary"/],
    ['a.csv', /^rank,symbol/],
    ['a.txt', /^ rank symbol/],
    ['a.parquet', /^\{"type":"ranked"/],
    ['a', /^\{"type":"ranked"/],
    ['.csv', /^\{"type":"ranked"/],
  ])('writes %s in the format of its extension', async (name, start) => {
    const directory = await mkdtemp(join(tmpdir(), 'tapescan-sink-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const target = join(directory, name);
    await createSink({ target, stdout, colour: true }).publish(createRanking(1));
    expect(await readFile(target, 'utf8')).toMatch(start);
  });

  it('takes the format that is asked for over the extension', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tapescan-sink-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const target = join(directory, 'a.csv');
    await createSink({ target, format: 'json', stdout, colour: false }).publish(createRanking(1));
    expect(await readFile(target, 'utf8')).toMatch(/^\{"summary"/);
  });

  it.each(['https://example.com/x', 'redis://host/0', ''])('refuses %o as a target', (target) => {
    expect(() => createSink({ target, stdout, colour: false })).toThrow(ConfigError);
  });

  it('refuses a format for a Redis stream', () => {
    const target = 'redis://u:secret@127.0.0.1/0/ranked';
    expect(() => createSink({ target, format: 'csv', stdout, colour: false })).toThrow(
      /^A Redis stream has entries of its own form: leave out the format `csv`$/,
    );
  });

  it('names a Redis stream without its credentials', () => {
    const { name } = createSink({ target: 'redis://u:secret@127.0.0.1/0/ranked', stdout, colour: false });
    expect(name).toBe('redis://127.0.0.1:6379/0/ranked');
  });
});
