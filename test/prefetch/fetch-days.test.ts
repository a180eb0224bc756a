import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { encodeMarketDay } from '../../src/market-day.ts';
import { fetchDays } from '../../src/prefetch/fetch-days.ts';
import { dayKey } from '../../src/store-keys.ts';
import type { Session } from '../../src/types.ts';

const FIRST = 17_000;
const sessions = Array.from({ length: 12 }, (_, index) => FIRST + index);
const newest = sessions.at(-1)!;

interface Given {
  readonly asked?: readonly Session[];
  readonly concurrency?: number;
  /** Rows of a session. */
  readonly rows?: (session: Session) => number;
  /** Turns of the loop that a session takes to come. */
  readonly turns?: (session: Session) => number;
  readonly refused?: Session;
  /** By the rate limit, and what a clock shows whenever it is asked. */
  readonly seconds?: number;
  readonly now?: () => number;
}

/** A day of so many symbols. */
function dayOf(session: Session, rows: number): Uint8Array {
  return encodeMarketDay(
    session,
    Array.from({ length: rows }, (_, row) => ({
      ...{ symbol: `S${row}`, open: session, high: session + 1, low: session - 1 },
      ...{ close: session, volume: row },
    })),
  );
}

async function fetch({
  asked = sessions,
  concurrency = 4,
  rows = () => 10,
  turns = () => 1,
  refused,
  seconds = 3600,
  now = () => 0,
}: Given) {
  const store = createMemoryStore();
  const called: Session[] = [];
  const landed: Session[] = [];
  let underWay = 0;
  let most = 0;
  const fetchDay = async (session: Session) => {
    called.push(session);
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < turns(session); turn++) await new Promise(setImmediate);
    underWay--;
    if (session === refused) throw new Error('refused');
    return dayOf(session, rows(session));
  };
  const answer = await fetchDays(asked, {
    ...{ wholeMarket: { fetchDay }, store, dataset: 'd', concurrency, seconds, now },
    call: (request) => request(new AbortController().signal),
    onDay: ({ session }) => landed.push(session),
    onStoreError: () => {},
  }).catch((error: Error) => error);
  const kept = await store.coverage(sessions.map((session) => dayKey('d', session)));
  return {
    answer,
    called,
    landed: landed.sort((a, b) => a - b),
    kept: sessions.filter((_session, index) => kept[index] !== undefined),
    most,
    underWay,
  };
}

describe('fetchDays', () => {
  it('asks for each session once, the newest first, and stores what lands', async () => {
    const { answer, called, landed, kept, most } = await fetch({});
    expect(answer).toEqual([]);
    expect(called).toEqual(sessions.toReversed());
    expect([landed, kept]).toEqual([sessions, sessions]);
    expect(most).toBe(4);
  });

  it.each([
    ['first', 0],
    ['last', 50],
  ])('does not take a day for whole that came %s with a part of its rows', async (_when, wait) => {
    const given: Given = {
      rows: (session) => (session === newest ? 4 : 10),
      turns: (session) => (session === newest ? wait : 3),
    };
    const { answer, landed, kept } = await fetch(given);
    expect(answer).toEqual([newest]);
    expect([landed, kept]).toEqual([sessions.slice(0, -1), sessions.slice(0, -1)]);
  });

  it('compares the only two sessions of a next day with each other', async () => {
    const asked = sessions.slice(-2);
    const { answer, kept } = await fetch({ asked, rows: (session) => (session === newest ? 4 : 10) });
    expect([answer, kept]).toEqual([[newest], asked.slice(0, 1)]);
  });

  it('takes a fresh session with half of the rows, and an old one with none', async () => {
    const rows = (session: Session) => (session === newest ? 5 : session === FIRST ? 0 : 10);
    const { answer, landed } = await fetch({ rows });
    expect([answer, landed]).toEqual([[], sessions]);
    expect((await fetch({ rows: () => 0 })).answer).toEqual(sessions.slice(-3).toReversed());
  });

  it('stores none where all of them come again in no time, and those that come after it has got slow', async () => {
    const { landed, kept } = await fetch({ seconds: 1 });
    expect([landed, kept]).toEqual([sessions, []]);
    // The fifth to land is the first that shows it: from then on, twelve would take longer than ten seconds.
    let looks = 0;
    const slow = await fetch({ seconds: 1, concurrency: 1, now: () => (++looks > 5 ? 1000 * looks : 0) });
    expect(slow.landed).toEqual(sessions);
    expect(slow.kept).toEqual(sessions.slice(0, 8));
  });

  /** What was fed on, and what was at hand, with a feed that has so many rows of a session. */
  async function feed({ seconds = 1, rows = () => 10, refused }: Given) {
    const fed: Session[] = [];
    const atHand: Session[] = [];
    const answer = await fetchDays(sessions, {
      ...{ store: createMemoryStore(), dataset: 'd', concurrency: 2, seconds, now: () => 0 },
      wholeMarket: { fetchDay: async (session) => dayOf(session, rows(session)) },
      feed: {
        async fetchDay(session) {
          if (session === refused) throw new Error('refused');
          fed.push(session);
          return rows(session);
        },
        async end() {},
      },
      call: (request) => request(new AbortController().signal),
      onDay: ({ session }) => atHand.push(session),
      onStoreError: () => {},
    }).catch((error: Error) => error);
    return { answer, fed, atHand: atHand.sort((a, b) => a - b) };
  }

  it('feeds on what comes again in no time, but for the fresh ones, which are judged', async () => {
    const { answer, fed, atHand } = await feed({});
    expect([answer, fed, atHand]).toEqual([[], sessions.slice(0, -3).toReversed(), sessions.slice(-3)]);
    // By what was fed on, too.
    const rows = (session: Session) => (session >= newest - 2 ? 4 : 10);
    expect((await feed({ rows })).answer).toEqual(sessions.slice(-3).toReversed());
  });

  it('feeds on nothing that is to be stored', async () => {
    expect(await feed({ seconds: 3600 })).toEqual({ answer: [], fed: [], atHand: sessions });
  });

  it('fails with a call of the feed', async () => {
    const { answer, fed } = await feed({ refused: sessions[5]! });
    expect(answer).toEqual(new Error('refused'));
    expect(fed).not.toContain(sessions[0]);
  });

  it('keeps what has landed where a call fails, and ends what is under way', async () => {
    const { answer, called, kept, underWay } = await fetch({ refused: sessions[6]! });
    expect(answer).toEqual(new Error('refused'));
    expect(kept).toContain(newest);
    expect(kept).not.toContain(sessions[6]);
    expect(called.length).toBeLessThan(sessions.length);
    expect(underWay).toBe(0);
  });

  it('lands all the same where nothing can be stored', async () => {
    const errors: unknown[] = [];
    const landed: Session[] = [];
    const store = {
      ...createMemoryStore(),
      write: async () => {
        throw new Error('full');
      },
    };
    const answer = await fetchDays(sessions, {
      ...{ store, dataset: 'd', concurrency: 2, seconds: 3600 },
      wholeMarket: { fetchDay: async (session) => dayOf(session, 3) },
      call: (request) => request(new AbortController().signal),
      onDay: ({ session }) => landed.push(session),
      onStoreError: (error) => errors.push(error),
    });
    expect([answer, landed.length, errors.length]).toEqual([[], sessions.length, sessions.length]);
  });
});
