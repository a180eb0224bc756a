import { fc, test } from '@fast-check/vitest';
import { from, lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type PrescreenParts, prescreen } from '../../src/operators/prescreen.ts';
import { Stop } from '../../src/state/stop.ts';
import type { Entry, Listing } from '../../src/types.ts';
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

const listings = new Map<string, Listing>([
  ['AAPL', { name: 'Apple', sector: 'Technology' }],
  ['SPY', { instrument: 'etf' }],
]);
const judgeBy = (parts: PrescreenParts, ...entries: readonly Entry[]) =>
  lastValueFrom(from(entries).pipe(prescreen(new Stop(), parts), toArray()));

it('gives an entry what is known of it, the words of its own list first', async () => {
  const own: Entry = { ...entryOf('AAPL', 5), listing: { name: 'Apple Inc.', country: 'United States' } };
  expect(await judgeBy({ listings }, sound, own, entryOf('T', 6))).toEqual([
    { kind: 'entered', entry: { ...sound, listing: { name: 'Apple', sector: 'Technology' } } },
    {
      kind: 'entered',
      entry: {
        ...own,
        listing: { name: 'Apple Inc.', country: 'United States', sector: 'Technology' },
      },
    },
    { kind: 'entered', entry: entryOf('T', 6) },
  ]);
});

it('filters with all rules that an entry fails, judged with what is known of it', async () => {
  const failed: PrescreenParts['failed'] = ({ symbol }, listing) =>
    [symbol.length < 4 ? 'short' : '', listing?.instrument ?? ''].filter((rule) => rule !== '');
  expect(await judgeBy({ failed, listings }, sound, entryOf('SPY'), malformed, duplicate)).toEqual([
    { kind: 'entered', entry: { ...sound, listing: listings.get('AAPL') } },
    {
      kind: 'filtered',
      entry: { ...entryOf('SPY'), listing: { instrument: 'etf' } },
      rules: ['short', 'etf'],
    },
    ...judged.slice(0, 2),
  ]);
});

const entryArbitrary = fc
  .record({
    symbol: fc.constantFrom('AAPL', 'SPY', 'T', 'NA'),
    defect: fc.constantFrom(undefined, 'malformed', 'duplicate', 'line-too-long'),
    described: fc.boolean(),
  })
  .map(
    ({ symbol, defect, described }): Entry => ({
      ...entryOf(symbol),
      ...(defect !== undefined && { defect }),
      ...(described && { listing: { country: 'x' } }),
    }),
  );

test.prop([fc.array(entryArbitrary, { maxLength: 200, size: 'max' }), fc.boolean()])(
  'lets one out for each that goes in, in order, with its symbol and text',
  async (entries, stopped) => {
    const stop = new Stop();
    if (stopped) stop.stop('interrupted');
    const failed = ({ symbol }: Entry) => (symbol === 'SPY' ? ['x'] : []);
    const travellers = await lastValueFrom(
      from(entries).pipe(prescreen(stop, { failed, listings }), toArray()),
    );
    expect(travellers.map(({ entry: { listing: _, ...entry } }) => entry)).toEqual(
      entries.map(({ listing: _, ...entry }) => entry),
    );
    for (const { kind, entry } of travellers) {
      const expected =
        entry.defect === 'malformed'
          ? 'filtered'
          : entry.defect !== undefined || stopped
            ? 'skipped'
            : entry.symbol === 'SPY'
              ? 'filtered'
              : 'entered';
      expect(kind).toBe(expected);
    }
  },
);
