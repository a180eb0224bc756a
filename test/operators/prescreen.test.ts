import { from, lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { prescreen } from '../../src/operators/prescreen.ts';
import { Stop } from '../../src/state/stop.ts';
import type { Entry } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

const sound = entryOf('AAPL');
const malformed: Entry = { ...entryOf('?', 2), defect: 'malformed' };
const duplicate: Entry = { ...entryOf('AAPL', 3), defect: 'duplicate' };
const long: Entry = { ...entryOf('AAAA', 4), defect: 'line-too-long' };
const judge = (stop: Stop) =>
  lastValueFrom(from([sound, malformed, duplicate, long]).pipe(prescreen(stop), toArray()));

const judged = [
  { kind: 'filtered', entry: malformed, rules: ['malformed'] },
  { kind: 'skipped', entry: duplicate, reason: 'duplicate' },
  { kind: 'skipped', entry: long, reason: 'line-too-long' },
];

it('lets tickers in, and says of the others what is wrong with them', async () => {
  expect(await judge(new Stop())).toEqual([{ kind: 'entered', entry: sound }, ...judged]);
});

it('skips tickers once the scan has stopped, and keeps what is wrong with the others', async () => {
  const stop = new Stop();
  stop.stop('deadline');
  expect(await judge(stop)).toEqual([{ kind: 'skipped', entry: sound, reason: 'deadline' }, ...judged]);
});
