import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { type FetchBarsOptions, fetchBars } from '../../src/operators/fetch-bars.ts';
import { Stop } from '../../src/state/stop.ts';
import type { BarSource, Payload, Traveller } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

type Missing = Extract<Traveller, { kind: 'missing' }>;
type Fetch = BarSource['fetchBars'];

const history = { from: 17_000, to: 17_100, bars: 50 };
const payload: Payload = { format: 'polygon-aggregates', pages: [] };
const missing = (symbol: string, leftMs?: number): Missing => ({
  kind: 'missing',
  entry: entryOf(symbol),
  ...(leftMs !== undefined && { leftMs }),
});

function fetchAll(
  fetch: Fetch,
  travellers: readonly Missing[],
  options: Partial<FetchBarsOptions> = {},
): Promise<Traveller[]> {
  const stage = fetchBars({ fetchBars: fetch }, history, { stop: new Stop(), ...options });
  return lastValueFrom(from(travellers).pipe(stage, toArray()));
}

/** Never answers, and rejects once it is cut off. */
const hang: Fetch = (_symbol, _history, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new ScanError('timed-out', 'cut off', { stage: 'fetch' })));
  });
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('fetchBars', () => {
  it('asks for the history of each symbol, and hands on what came', async () => {
    const asked: unknown[] = [];
    const fetch: Fetch = async (...each) => {
      asked.push(each.slice(0, 2));
      return payload;
    };
    expect(await fetchAll(fetch, [missing('A'), missing('B')])).toEqual([
      { kind: 'fetched', entry: entryOf('A'), payload },
      { kind: 'fetched', entry: entryOf('B'), payload },
    ]);
    expect(asked).toEqual([
      ['A', history],
      ['B', history],
    ]);
  });

  it('keeps at most `concurrency` requests under way', async () => {
    let underWay = 0;
    let most = 0;
    const fetch: Fetch = async () => {
      most = Math.max(most, ++underWay);
      await turn();
      underWay--;
      return payload;
    };
    const travellers = Array.from({ length: 10 }, (_, index) => missing(`S${index}`));
    expect(await fetchAll(fetch, travellers, { concurrency: 3 })).toHaveLength(10);
    expect(most).toBe(3);
  });

  it('makes the failure of a symbol its outcome, and a foreign one a defect', async () => {
    const error = new ScanError('server-error', 'Status 500', { stage: 'fetch' });
    const fetch: Fetch = async (symbol) => {
      if (symbol === 'A') throw error;
      if (symbol === 'B') throw new TypeError('x is not a function');
      return payload;
    };
    expect(await fetchAll(fetch, [missing('A'), missing('B'), missing('C')])).toMatchObject([
      { kind: 'failed', entry: entryOf('A'), error },
      { kind: 'failed', entry: entryOf('B'), error: { code: 'defect', stage: 'fetch' } },
      { kind: 'fetched', entry: entryOf('C') },
    ]);
  });

  it('cuts a request off after its time', async () => {
    expect(await fetchAll(hang, [missing('A')], { timeoutMs: 5 })).toMatchObject([
      { kind: 'failed', error: { code: 'timed-out', message: 'No complete answer within 5 ms' } },
    ]);
  });

  it('cuts a request off where less time of the symbol is left', async () => {
    expect(await fetchAll(hang, [missing('A', 7)], { timeoutMs: 60_000 })).toMatchObject([
      { kind: 'failed', error: { code: 'timed-out', message: 'No complete answer within 7 ms' } },
    ]);
  });

  it('says how long a failed call took', async () => {
    let time = 0;
    const fetch: Fetch = async () => {
      time += 30;
      throw new ScanError('server-error', 'Status 500', { stage: 'fetch' });
    };
    expect(await fetchAll(fetch, [missing('A')], { now: () => time })).toMatchObject([
      { kind: 'failed', ms: 30 },
    ]);
  });

  it('skips what is under way and what has not begun when the scan stops', async () => {
    const stop = new Stop();
    let asked = 0;
    const fetch: Fetch = (...each) => {
      asked++;
      return hang(...each);
    };
    const outcomes = fetchAll(fetch, [missing('A'), missing('B')], { stop, concurrency: 1 });
    await turn();
    stop.stop('deadline');
    expect(await outcomes).toEqual(
      ['A', 'B'].map((symbol) => ({ kind: 'skipped', entry: entryOf(symbol), reason: 'deadline' })),
    );
    expect(asked).toBe(1);
  });
});

describe('fetchBars, asked to wait,', () => {
  /** The first call is told to come back later; the others are answered. */
  function limited(retryAfterMs: number) {
    const asked: string[] = [];
    const fetch: Fetch = async (symbol) => {
      asked.push(symbol);
      if (asked.length === 1)
        throw new ScanError('rate-limited', 'slow down', { stage: 'fetch', retryAfterMs });
      return payload;
    };
    return { asked, fetch };
  }

  it('lets no attempt begin before', async () => {
    let time = 0;
    const { asked, fetch } = limited(10);
    const input = new Subject<Missing>();
    const outcomes: Traveller[] = [];
    input
      .pipe(fetchBars({ fetchBars: fetch }, history, { stop: new Stop(), now: () => time }))
      .subscribe((outcome) => outcomes.push(outcome));
    input.next(missing('A'));
    await turn();
    input.next(missing('B'));
    time = 9;
    await turn();
    expect(asked).toEqual(['A']);
    time = 10;
    while (outcomes.length < 2) await turn();
    expect(asked).toEqual(['A', 'B']);
  });

  it('does not sit the wait out when the scan stops', async () => {
    const { asked, fetch } = limited(1e6);
    const stop = new Stop();
    const outcomes = fetchAll(fetch, [missing('A'), missing('B')], { stop, concurrency: 1 });
    await turn();
    stop.stop('interrupted');
    expect(await outcomes).toMatchObject([{ kind: 'failed' }, { kind: 'skipped', reason: 'interrupted' }]);
    expect(asked).toEqual(['A']);
  });

  it('does not charge the wait to the symbols that sit it out', async () => {
    let time = 0;
    const { asked, fetch } = limited(20);
    const input = new Subject<Missing>();
    const outcomes: Traveller[] = [];
    const fetchA: Fetch = (...each) => (asked.length === 0 ? fetch(...each) : hang(...each));
    input
      .pipe(fetchBars({ fetchBars: fetchA }, history, { stop: new Stop(), now: () => time }))
      .subscribe((outcome) => outcomes.push(outcome));
    input.next(missing('A'));
    await turn();
    input.next(missing('B', 15));
    time = 20;
    while (outcomes.length < 2) await turn();
    expect(outcomes[1]).toMatchObject({ error: { message: 'No complete answer within 15 ms' }, ms: 0 });
  });

  // A timer that is set for more than 2³¹ − 1 ms fires at once, over and over.
  it('sleeps where the wait is longer than a timer can be set for', async () => {
    let looks = 0;
    const { fetch } = limited(2 ** 31);
    const stop = new Stop();
    const now = () => {
      looks++;
      return 0;
    };
    const outcomes = fetchAll(fetch, [missing('A'), missing('B')], { stop, concurrency: 1, now });
    await turn();
    const before = looks;
    await turn();
    await turn();
    stop.stop('interrupted');
    await outcomes;
    expect(looks).toBe(before);
  });
});
