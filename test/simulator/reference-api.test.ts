import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { formatSession, parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { PolygonApi } from '../../src/simulator/polygon-api.ts';
import { routeOf } from '../../src/simulator/route.ts';

const ORIGIN = 'http://127.0.0.1:1234';
const market = createMarket({ symbols: 800, end: parseSession('2018-07-17') });
const api = new PolygonApi(market);
const infos = [...market.tickers()];
const splits = infos.flatMap(({ ticker }) =>
  market.bars(ticker)!.splits.map((split) => ({ ticker, ...split })),
);

interface Body {
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly next_url?: string;
}

function get(path: string): { status: number; body: Body } {
  const { pathname, searchParams } = new URL(path, ORIGIN);
  const { status, body } = api.answer(routeOf(pathname), searchParams, ORIGIN);
  return { status, body: JSON.parse(body.toString()) };
}

/** The results of all pages. */
function all(path: string): Body['results'] {
  const { results, next_url } = get(path).body;
  return next_url === undefined ? results : [...results, ...all(next_url)];
}

describe('splits', () => {
  test.prop([fc.integer({ min: 1, max: 60 }), fc.boolean(), fc.nat({ max: 299 }), fc.nat({ max: 299 })])(
    'are each served once over the pages, in order, within the dates asked for',
    (limit, ascending, one, other) => {
      const [from, to] = [one, other].sort((a, b) => a - b).map((index) => market.sessions[index!]!) as [
        number,
        number,
      ];
      const query = `execution_date.gte=${formatSession(from)}&execution_date.lte=${formatSession(to)}`;
      const order = ascending ? 'asc' : 'desc';
      const rows = all(`/v3/reference/splits?${query}&limit=${limit}&order=${order}`);
      const expected = splits
        .filter(({ session }) => session >= from && session <= to)
        .sort((a, b) => b.session - a.session || (a.ticker < b.ticker ? -1 : 1))
        .map(({ ticker, session, from, to }) => ({
          id: expect.any(String),
          execution_date: formatSession(session),
          split_from: from,
          split_to: to,
          ticker,
        }));
      expect(rows).toEqual(ascending ? expected.reverse() : expected);
    },
  );

  it('are there to be found', () => {
    expect(splits.length).toBeGreaterThan(20);
    expect(splits.some(({ from, to }) => from > to)).toBe(true);
  });

  it('of one ticker, on one day, and before and after it', () => {
    const { ticker, session } = splits[0]!;
    const date = formatSession(session);
    const [row] = all(`/v3/reference/splits?ticker=${ticker}`);
    expect(row).toMatchObject({ ticker });
    expect(all(`/v3/reference/splits?ticker=${ticker}&execution_date=${date}`)).toHaveLength(1);
    expect(all(`/v3/reference/splits?execution_date=${date}&execution_date.gt=${date}`)).toEqual([]);
    expect(all(`/v3/reference/splits?execution_date=${date}&execution_date.lt=${date}`)).toEqual([]);
  });

  it.each(['execution_date=2018-02-30', 'limit=1001'])('are refused for %s', (query) => {
    expect(get(`/v3/reference/splits?${query}`).status).toBe(400);
  });
});

describe('the ticker listing on a day', () => {
  test.prop([fc.nat({ max: 299 }), fc.integer({ min: 50, max: 1000 })])(
    'has who is listed then, and as not active who is gone by then',
    (index, limit) => {
      const date = market.sessions[index]!;
      const names = (active: boolean) =>
        all(`/v3/reference/tickers?date=${formatSession(date)}&active=${active}&limit=${limit}`).map(
          ({ ticker }) => ticker,
        );
      const begun = infos.filter(({ listed }) => listed <= date);
      const gone = ({ delisted = Infinity }: { delisted?: number | undefined }) => delisted <= date;
      expect(names(true)).toEqual(begun.filter((info) => !gone(info)).map(({ ticker }) => ticker));
      expect(names(false)).toEqual(begun.filter(gone).map(({ ticker }) => ticker));
    },
  );

  it('agrees with the bars', () => {
    for (const { ticker, listed, delisted } of infos) {
      const { session } = market.bars(ticker)!;
      if (session.length === 0) continue;
      expect(session[0]).toBeGreaterThanOrEqual(listed);
      if (delisted !== undefined) expect(session.at(-1)).toBeLessThan(delisted);
    }
    expect(infos.filter(({ delisted }) => delisted !== undefined).length).toBeGreaterThan(10);
    expect(infos.filter(({ listed }) => listed > market.sessions[0]!).length).toBeGreaterThan(10);
  });

  it('says when somebody left', () => {
    const { ticker, delisted } = infos.find((info) => info.delisted !== undefined)!;
    const [row] = all(`/v3/reference/tickers?active=false&limit=1000`).filter((row) => row.ticker === ticker);
    expect(row).toMatchObject({ active: false, delisted_utc: `${formatSession(delisted!)}T00:00:00Z` });
  });
});
