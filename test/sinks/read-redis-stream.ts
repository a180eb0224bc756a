import type { Redis } from 'ioredis';
import type { Ranking } from '../../src/types.ts';

/** The entries of a stream as objects of their fields, `data` parsed; `undefined` where there is no stream. */
export async function readStream(client: Redis, stream: string): Promise<unknown[] | undefined> {
  if ((await client.exists(stream)) === 0) return undefined;
  const entries = await client.xrange(stream, '-', '+');
  return entries.map(([, fields]) => {
    const entry: Record<string, string> = {};
    for (let index = 0; index < fields.length; index += 2) entry[fields[index]!] = fields[index + 1]!;
    return { ...entry, data: JSON.parse(entry.data!) };
  });
}

/** What a ranking is as entries. */
export function expectedEntries({ rows, summary }: Ranking): unknown[] {
  const ranked = [...rows].map((row) => ({
    type: 'ranked',
    scan: row.scan,
    rank: `${row.rank}`,
    symbol: row.symbol,
    data: row,
  }));
  return [...ranked, { type: 'summary', scan: summary.scan, data: summary }];
}

/** The latest ranking as its readers have it. */
export async function readLatest(client: Redis, stream: string) {
  const { summary, ...rows } = await client.hgetall(`{${stream}}:latest`);
  return {
    summary: JSON.parse(summary!) as unknown,
    rows: Object.fromEntries(
      Object.entries(rows).map(([symbol, row]) => [symbol, JSON.parse(row!) as unknown]),
    ),
    ranks: await client.zrange(`{${stream}}:latest:ranks`, '0', '-1', 'WITHSCORES'),
  };
}

/** What a ranking is as the latest one. */
export function asLatest({ rows, summary }: Ranking): Awaited<ReturnType<typeof readLatest>> {
  const ranked = [...rows];
  return {
    summary,
    rows: Object.fromEntries(ranked.map((row) => [row.symbol, row])),
    ranks: ranked.flatMap(({ symbol, rank }) => [symbol, `${rank}`]),
  };
}
