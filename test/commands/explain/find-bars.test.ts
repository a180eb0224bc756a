import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDiskStore } from '../../../src/cache/disk.ts';
import { findBars } from '../../../src/commands/explain/find-bars.ts';
import { layOutSeries } from '../../../src/series.ts';
import { formatSession } from '../../../src/session.ts';
import { encodeSplits } from '../../../src/split-table.ts';
import { seriesKey, splitsKey } from '../../../src/store-keys.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function closes(...values: readonly number[]) {
  const series = layOutSeries({ bars: values.length, from: 20_000, to: 20_002, flags: 0 });
  values.forEach((close, bar) => {
    series.session[bar] = 20_000 + bar;
    for (const name of ['open', 'high', 'low', 'close'] as const) series[name][bar] = close;
  });
  return series.bytes;
}

async function keep(dir: string): Promise<void> {
  const store = openDiskStore({ dir });
  await store.write([
    { key: seriesKey('another', 'AAA'), series: closes(7, 8, 9) },
    { key: seriesKey('source', 'AAA'), series: closes(40, 10, 11) },
    { key: seriesKey('source', 'XAAA'), series: closes(1, 2, 3) },
    {
      key: splitsKey('source'),
      series: encodeSplits([{ symbol: 'AAA', session: 20_001, ratio: 4 }], 19_000, 20_002),
    },
  ]);
  await store.close();
}

const row = (session: number, close: number) => ({ symbol: 'AAA', session: formatSession(session), close });

it('finds the bars that close as the row does, adjusted for splits, and none after its session', async () => {
  const dir = temporaryFolder();
  await keep(dir);
  expect([...(await findBars(dir, row(20_002, 11)))!.close]).toEqual([10, 10, 11]);
  expect([...(await findBars(dir, row(20_001, 8)))!.close]).toEqual([7, 8]);
});

it('finds nothing where no series closes so, or where nothing is kept', async () => {
  const dir = temporaryFolder();
  await keep(dir);
  expect(await findBars(dir, row(20_002, 12))).toBeUndefined();
  expect(await findBars(dir, row(20_009, 11))).toBeUndefined();
  expect(await findBars(join(dir, 'none'), row(20_002, 11))).toBeUndefined();
});
