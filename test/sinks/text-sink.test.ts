import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LISTING_FIELDS, type ListingField } from '../../src/listing.ts';
import { SINK_FORMATS, type SinkFormat } from '../../src/sinks/formats.ts';
import { createSink } from '../../src/sinks/index.ts';
import type { Ranking } from '../../src/types.ts';
import { createRanking } from '../support/rankings.ts';
import { describeSink } from '../support/sink-suite.ts';
import { readCsv } from './read-csv.ts';

const PLAN = [
  ...(['side', 'setup', 'entry', 'stop', 'target', 'risk_per_share'] as const),
  ...(['shares', 'position', 'capped', 'reason'] as const),
];

function prefixed(prefix: string, values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));
}

/** What a reader of each format gets of a ranking, and how it reads. */
const READERS: Readonly<
  Record<SinkFormat, { read: (text: string) => unknown; expected: (ranking: Ranking) => unknown }>
> = {
  ndjson: {
    read: (text) =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    expected: ({ rows }) => [...rows],
  },
  json: {
    read: (text) => JSON.parse(text),
    expected: ({ rows, summary }) => ({ summary, rows: [...rows] }),
  },
  csv: {
    read: readCsv,
    expected: ({ rows }) =>
      [...rows].map(({ type: _, features, factors, contributions, plan, listing, ...row }) =>
        Object.fromEntries(
          Object.entries({
            ...features,
            ...row,
            ...prefixed('factor', factors),
            ...prefixed('points', contributions),
            ...Object.fromEntries(
              Object.keys(LISTING_FIELDS).map((name) => [name, listing?.[name as ListingField] ?? null]),
            ),
            ...prefixed('plan', Object.fromEntries(PLAN.map((name) => [name, plan?.[name] ?? null]))),
          }).map(([name, value]) => [name, value === null ? '' : `${value}`]),
        ),
      ),
  },
  table: {
    // The columns up to the signal, which has spaces in it.
    read: (text) =>
      text
        .trimEnd()
        .split('\n')
        .slice(1, -1)
        .map((line) => line.trim().split(/ +/, 4)),
    expected: ({ rows }) =>
      [...rows].map(({ rank, symbol, close, rating }) => [
        `${rank}`,
        symbol,
        close.toFixed(close < 1 ? 4 : 2),
        rating === null ? '-' : rating.toFixed(2),
      ]),
  },
};

async function emptyDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'tapescan-sink-'));
}

for (const format of Object.keys(SINK_FORMATS) as SinkFormat[]) {
  describeSink(`a file as ${format}`, async () => {
    const directory = await emptyDirectory();
    const options = { format, stdout: new PassThrough(), colour: true };
    const { read, expected } = READERS[format];
    return {
      sink: createSink({ ...options, target: join(directory, 'out') }),
      async read() {
        // All of it: what is left beside the file counts as well.
        const files = await readdir(directory);
        if (files.length === 0) return undefined;
        expect(files).toStrictEqual(['out']);
        return read(await readFile(join(directory, 'out'), 'utf8'));
      },
      expected,
      replaces: true,
      broken: {
        sink: createSink({ ...options, target: join(directory, 'no/such/out') }),
        says: /^cannot write .*no\/such\/out: its directory does not exist; create it/,
      },
      cleanUp: () => rm(directory, { recursive: true }),
    };
  });
}

describeSink('a stream as ndjson', async () => {
  const stdout = new PassThrough();
  let text = '';
  stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const closed = new PassThrough();
  closed.end();
  return {
    sink: createSink({ target: '-', stdout, colour: false }),
    read: async () => (text === '' ? undefined : READERS.ndjson.read(text)),
    expected: (ranking) => (ranking.length === 0 ? undefined : READERS.ndjson.expected(ranking)),
    replaces: false,
    broken: {
      sink: createSink({ target: '-', stdout: closed, colour: false }),
      says: /^cannot write standard output: it is closed/,
    },
    cleanUp: async () => {},
  };
});

describe('a text sink', () => {
  it('leaves the file as it was where a later publication breaks off', async () => {
    const directory = await emptyDirectory();
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, 'ranked.ndjson');
    const sink = createSink({ target: path, stdout: new PassThrough(), colour: false });
    await sink.publish(createRanking(2));
    const before = await readFile(path, 'utf8');
    const rows = {
      // biome-ignore lint/correctness/useYield: it breaks off before the first row
      *[Symbol.iterator]() {
        throw new Error('no rows');
      },
    };
    await expect(sink.publish({ ...createRanking(3), rows })).rejects.toThrow('no rows');
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(directory)).toStrictEqual(['ranked.ndjson']);
  });
});
