import { describe, expect, it } from 'vitest';
import { createChanges } from '../../src/daemon/changes.ts';
import { rankingJson } from '../../src/daemon/http/ranking-json.ts';
import { SINK_FORMATS, type SinkFormat } from '../../src/sinks/formats.ts';
import { createSpill } from '../../src/sinks/spill.ts';
import type { Ranking } from '../../src/types.ts';
import { listedRanking } from '../support/listed-rankings.ts';
import { createRanking } from '../support/rankings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readCsv } from './read-csv.ts';

async function compared(onlyChanges = false): Promise<Ranking> {
  const changes = createChanges({ onlyChanges });
  const before = listedRanking([['A'], ['B', null], ['C'], ['D', 3, 'Long']], { session: '2024-05-02' });
  await (await changes.compare(before, 'k')).remember();
  return (await changes.compare(listedRanking([['C'], ['X'], ['B', 4, 'Long'], ['A']]), 'k')).published;
}

const textOf = (format: SinkFormat, ranking: Ranking) =>
  [...SINK_FORMATS[format].create({ colour: false })(ranking)].join('');
/** All that is in a ranking, as JSON says it. */
const contents = ({ rows, left = [], length, summary }: Ranking) =>
  JSON.parse(JSON.stringify({ rows: [...rows], left, length, summary })) as unknown;

describe('what left', () => {
  it('is behind the rows in NDJSON, in JSON and over HTTP', async () => {
    const ranking = await compared();
    const all = [...ranking.rows, ...ranking.left!];
    expect(all.map((row) => `${row.type} ${row.symbol} ${row.change}`)).toEqual([
      ...['ranked C moved', 'ranked X entered', 'ranked B moved', 'ranked A moved'],
      'left D left',
    ]);
    const lines = textOf('ndjson', ranking).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toStrictEqual(all);
    const document = { summary: ranking.summary, rows: all };
    expect(JSON.parse(textOf('json', ranking))).toStrictEqual(document);
    let served = '';
    for await (const chunk of rankingJson(ranking)) served += chunk;
    expect(JSON.parse(served)).toStrictEqual(document);
  });

  it('is a record of CSV with what is known, behind columns of what was before', async () => {
    const records = readCsv(textOf('csv', await compared()));
    expect(Object.keys(records[0]!).slice(-5)).toEqual([
      ...['change', 'previous_rank', 'previous_rating', 'previous_signal', 'previous_session'],
    ]);
    const of = (name: string) => {
      const record = records.find(({ symbol }) => symbol === name)!;
      return Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== ''));
    };
    const before = { previous_session: '2024-05-02' };
    expect(of('D')).toEqual({
      ...{ symbol: 'D', scan: '2024-05-03', change: 'left' },
      ...{ previous_rank: '4', previous_rating: '3', previous_signal: 'Long', ...before },
    });
    expect(of('B')).toMatchObject({ rank: '3', change: 'moved', previous_rank: '2', ...before });
    expect(of('B')).not.toHaveProperty('previous_rating');
    expect(of('X').previous_rank).toBeUndefined();
  });

  it('is in the table, with a column of places and the counts', async () => {
    const lines = textOf('table', await compared()).split('\n');
    expect(lines.map((line) => `${line.slice(0, 9).trim()}|${line.slice(97).trim()}`).slice(0, 5)).toEqual([
      ...['rank sym|chg', '1 C|+2', '2 X|new', '3 B|-1', '4 A|-3'],
    ]);
    expect(new Set(lines.slice(0, 5).map(({ length }) => length))).toEqual(new Set([103]));
    expect(lines[5]).toBe('    - D        left; it was 4, Long');
    expect(lines[6]).toMatch(/skipped; since 2024-05-02: 1 entered, 1 left, 3 moved$/);
  });

  it('stays with a ranking that waits on disk', async () => {
    const spill = createSpill(temporaryFolder(), 1e6);
    await spill.open();
    for (const ranking of [await compared(), await compared(true), createRanking(3)]) {
      await spill.add(ranking);
      const kept = spill.first()!;
      expect(contents(kept.read())).toStrictEqual(contents(ranking));
      expect('left' in kept.read()).toBe('left' in ranking);
      await spill.remove(kept);
    }
  });

  it('changes nothing where there is none to compare with', () => {
    const ranking = createRanking(20);
    const first = textOf('csv', ranking).split('\r\n', 1)[0]!;
    expect(first).not.toMatch(/\bchange|previous/);
    for (const format of ['ndjson', 'json'] as const)
      expect(textOf(format, ranking)).not.toMatch(/"(change|previous|left|changes)"/);
  });
});
