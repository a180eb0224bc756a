import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { type FetchBarsOptions, fetchBars } from '../../src/operators/fetch-bars.ts';
import { AdaptiveConcurrency } from '../../src/state/adaptive-concurrency.ts';
import { Breaker } from '../../src/state/breaker.ts';
import { RateLimiter } from '../../src/state/rate-limit.ts';
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

describe('fetchBars, with a limited source,', () => {
  it('does not charge a wait for a token to the symbol, nor cut it off', async () => {
    const limiter = new RateLimiter({ calls: 1, perMs: 60 }, { jitterMs: 0 });
    const fetch: Fetch = async (symbol, _history, signal) => {
      await limiter.take(signal);
      if (symbol === 'C') throw new ScanError('server-error', 'Status 500', { stage: 'fetch' });
      return payload;
    };
    const outcomes = await fetchAll(fetch, [missing('A'), missing('B'), missing('C')], {
      limiter,
      timeoutMs: 40,
    });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['fetched', 'fetched', 'failed']);
    expect(limiter.counts).toMatchObject({ taken: 3, waiting: 0 });
  });

  it('cuts off whoever has its token and takes too long', async () => {
    const limiter = new RateLimiter({ calls: 1, perMs: 30 }, { jitterMs: 0 });
    const fetch: Fetch = async (...each) => {
      await limiter.take(each[2]);
      return hang(...each);
    };
    expect(await fetchAll(fetch, [missing('A'), missing('B')], { limiter, timeoutMs: 20 })).toMatchObject([
      { kind: 'failed', error: { code: 'timed-out' } },
      { kind: 'failed', error: { code: 'timed-out' } },
    ]);
    expect(limiter.counts.taken).toBe(2);
  });

  it('leaves the line when the scan stops', async () => {
    const limiter = new RateLimiter({ calls: 1, perMs: 1e6 });
    const stop = new Stop();
    const fetch: Fetch = async (_symbol, _history, signal) => {
      await limiter.take(signal);
      return payload;
    };
    const outcomes = fetchAll(fetch, [missing('A'), missing('B')], { limiter, stop });
    await turn();
    stop.stop('deadline');
    expect(await outcomes).toMatchObject([{ kind: 'fetched' }, { kind: 'skipped', reason: 'deadline' }]);
    expect(limiter.counts.waiting).toBe(0);
  });
});

describe('fetchBars, with a provider in trouble,', () => {
  const serverError = () => new ScanError('server-error', 'Status 500', { stage: 'fetch' });
  const many = (count: number, leftMs?: number) =>
    Array.from({ length: count }, (_, index) => missing(`S${index}`, leftMs));
  const breakerOf = () => new Breaker({ window: 20, minimum: 10, coolDownMs: 5, capMs: 5 });

  it('asks with single probes until it answers, and fails nobody meanwhile', async () => {
    const breaker = breakerOf();
    const adaptive = new AdaptiveConcurrency({ ceiling: 4, floor: 4 });
    let calls = 0;
    let probing = 0;
    const probes: number[] = [];
    const fetch: Fetch = async () => {
      const isProbe = breaker.state !== 'closed';
      const isFailing = ++calls > 12 && calls <= 40;
      if (isProbe) probes.push(++probing);
      await turn();
      if (isProbe) probing--;
      if (isFailing) throw serverError();
      return payload;
    };
    const outcomes = await fetchAll(fetch, many(200), { breaker, adaptive, concurrency: 4 });
    expect(probes.length).toBeGreaterThan(5);
    expect(new Set(probes)).toEqual(new Set([1]));
    expect(breaker.state).toBe('closed');
    expect(outcomes.filter(({ kind }) => kind === 'failed')).toHaveLength(28);
    expect(outcomes.filter(({ kind }) => kind === 'fetched')).toHaveLength(172);
  });

  it('makes calls wait while it is open, and lets them go where the scan stops', async () => {
    const breaker = new Breaker({ window: 20, minimum: 10, coolDownMs: 1e6 });
    const stop = new Stop();
    let calls = 0;
    const fetch: Fetch = async () => {
      await turn();
      if (++calls > 10) throw serverError();
      return payload;
    };
    const outcomes = fetchAll(fetch, many(100), { breaker, stop, concurrency: 1 });
    while (breaker.state === 'closed') await turn();
    await turn();
    const before = calls;
    await turn();
    expect(calls).toBe(before);
    stop.stop('deadline');
    const kinds = (await outcomes).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'skipped')).toHaveLength(100 - before);
  });

  it('is not in trouble where symbols fail that have failed before', async () => {
    const breaker = breakerOf();
    const adaptive = new AdaptiveConcurrency({ ceiling: 64, initial: 64 });
    const fetch: Fetch = async (symbol) => {
      if (symbol === 'A') return payload;
      throw serverError();
    };
    await fetchAll(fetch, [missing('A'), ...many(200, 1000)], { breaker, adaptive });
    expect([breaker.state, adaptive.limit]).toEqual(['closed', 64]);
  });

  it('has fewer calls under way where the provider refuses them for their number', async () => {
    let underWay = 0;
    let refused = 0;
    const capacity = 8;
    const fetch: Fetch = async () => {
      underWay++;
      const isRefused = underWay > capacity;
      await turn();
      underWay--;
      if (!isRefused) return payload;
      refused++;
      throw new ScanError('rate-limited', 'Status 429', { stage: 'fetch' });
    };
    await fetchAll(fetch, many(1000));
    // Of a fixed 64, seven of eight would be.
    expect(refused).toBeLessThan(400);
  });
});

describe('fetchBars, with symbols that never answer,', () => {
  const deadOrAlive: Fetch = async (...each) => {
    if (each[0].startsWith('dead')) return hang(...each);
    await new Promise(setImmediate);
    return payload;
  };

  it('gives their places to others', async () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 4, floor: 4 });
    const stop = new Stop();
    const outcomes: Traveller[] = [];
    const travellers = Array.from({ length: 600 }, (_, index) =>
      missing(index % 60 === 0 ? `dead${index}` : `S${index}`),
    );
    const ended = new Promise<void>((resolve) => {
      from(travellers)
        .pipe(
          fetchBars({ fetchBars: deadOrAlive }, history, { stop, adaptive, concurrency: 16, timeoutMs: 1e6 }),
        )
        .subscribe({ next: (outcome) => outcomes.push(outcome), complete: resolve });
    });
    // With four places, four dead ones would hold up all others.
    while (outcomes.length < 590) await turn();
    stop.stop('interrupted');
    await ended;
    expect(outcomes.filter(({ kind }) => kind === 'skipped').map(({ entry }) => entry.symbol)).toEqual(
      travellers.map(({ entry }) => entry.symbol).filter((symbol) => symbol.startsWith('dead')),
    );
  });

  it('has less time for a second attempt where the provider is well', async () => {
    const input = new Subject<Missing>();
    const outcomes: Traveller[] = [];
    input
      .pipe(fetchBars({ fetchBars: deadOrAlive }, history, { stop: new Stop(), timeoutMs: 40 }))
      .subscribe((outcome) => outcomes.push(outcome));
    const dead = missing('dead');
    input.next(dead);
    for (let index = 0; index < 100; index++) input.next(missing(`S${index}`));
    while (outcomes.length < 101) await turn();
    input.next({ ...dead, leftMs: 1000 });
    // It has failed too, but not by its time.
    input.next(missing('dead of something else', 1000));
    while (outcomes.length < 103) await turn();
    const failures = outcomes.filter((outcome) => outcome.kind === 'failed');
    expect(failures.map(({ error }) => error.message)).toEqual([
      'No complete answer within 40 ms',
      expect.stringMatching(/^No complete answer within (1\d|2\d|3\d)(\.\d+)? ms$/),
      'No complete answer within 40 ms',
    ]);
  });

  it('lets who failed before go ahead, and not crowd out the others', async () => {
    const asked: string[] = [];
    const fetch: Fetch = async (symbol) => {
      asked.push(symbol);
      await turn();
      return payload;
    };
    const adaptive = new AdaptiveConcurrency({ ceiling: 8, floor: 8 });
    const again = Array.from({ length: 20 }, (_, index) => missing(`again${index}`, 1000));
    const first = Array.from({ length: 60 }, (_, index) => missing(`S${index}`));
    const busy = Array.from({ length: 8 }, (_, index) => missing(`busy${index}`));
    await fetchAll(fetch, [...busy, ...first, ...again], { adaptive, concurrency: 8 });
    expect(asked).toHaveLength(88);
    const wave = asked.slice(8, 16);
    expect(wave.filter((symbol) => symbol.startsWith('again'))).toEqual(['again0', 'again1']);
  });
});
