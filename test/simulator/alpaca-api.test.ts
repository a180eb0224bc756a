import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { formatSession, parseSession } from '../../src/session.ts';
import { adjustForSplits } from '../../src/simulator/adjust-for-splits.ts';
import { AlpacaApi } from '../../src/simulator/alpaca-api.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { MarketSplits } from '../../src/simulator/market-splits.ts';
import { WholeMarket } from '../../src/simulator/whole-market.ts';

const market = createMarket({ symbols: 600, end: parseSession('2018-07-17') });
const api = new AlpacaApi(market, new MarketSplits(new WholeMarket(market)));
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker).filter(
  (ticker) => !ticker.includes('p'),
);
const splits = Array.from(market.tickers()).flatMap(({ ticker }) =>
  market.bars(ticker)!.splits.map((split) => ({ ticker, ...split })),
);

interface Page {
  readonly bars?: Readonly<Record<string, readonly Readonly<Record<string, number | string>>[]>>;
  readonly corporate_actions?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly next_page_token?: string | null;
  readonly message?: string;
}

function get(endpoint: 'bars' | 'actions', query: string): { status: number; page: Page } {
  const { status, body } = api.answer(endpoint, new URLSearchParams(query));
  return { status, page: JSON.parse(body.toString()) };
}

const bars = (query: string) => get('bars', `timeframe=1Day&${query}`);

/** What a symbol has from 2018-01-01 on, as [day, open, high, low, close, volume]. */
function expected(symbol: string, adjusted = false) {
  const raw = market.bars(symbol)!;
  const { session, open, high, low, close, volume } = adjusted ? adjustForSplits(raw) : raw;
  return [...session.keys()]
    .filter((index) => session[index]! >= parseSession('2018-01-01'))
    .map((index) => [
      formatSession(session[index]!),
      open[index],
      high[index],
      low[index],
      close[index],
      volume[index],
    ]);
}

/** The rows of all pages in the order they came, each with its symbol. */
function pages(query: string): { rows: unknown[][]; sizes: number[] } {
  const rows: unknown[][] = [];
  const sizes: number[] = [];
  let token: string | null | undefined;
  do {
    const { status, page } = bars(token ? `${query}&page_token=${token}` : query);
    expect(status).toBe(200);
    const found = Object.entries(page.bars!).flatMap(([symbol, list]) =>
      list.map(({ t, o, h, l, c, v }) => [symbol, String(t).slice(0, 10), o, h, l, c, v]),
    );
    rows.push(...found);
    sizes.push(found.length);
    token = page.next_page_token;
  } while (token !== null);
  return { rows, sizes };
}

describe('bars of many symbols', () => {
  test.prop([
    fc.uniqueArray(fc.constantFrom(...tickers), { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 40, max: 900 }),
    fc.boolean(),
  ])('come by symbol, then by time, with the limit over all of them', (symbols, limit, descending) => {
    const sort = descending ? 'desc' : 'asc';
    const { rows, sizes } = pages(
      `symbols=${symbols.join(',')}&start=2018-01-01&end=2018-07-17&limit=${limit}&sort=${sort}`,
    );
    const all = symbols.toSorted().flatMap((symbol) => {
      const own = expected(symbol).map((row) => [symbol, ...row]);
      return descending ? own.reverse() : own;
    });
    expect(rows).toEqual(all);
    expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
    expect(sizes.at(-1)).toBeLessThanOrEqual(limit);
  });

  it('have the documented shape', () => {
    const { page } = bars('symbols=SPY,BRK.B&start=2018-07-17T00:00:00Z&end=2018-07-17T06:00:00Z');
    expect(page).toEqual({
      bars: {
        'BRK.B': [expect.objectContaining({ t: '2018-07-17T04:00:00Z' })],
        SPY: [
          {
            t: '2018-07-17T04:00:00Z',
            o: expect.any(Number),
            h: expect.any(Number),
            l: expect.any(Number),
            c: market.bars('SPY')!.close.at(-1),
            v: expect.any(Number),
            n: expect.any(Number),
            vw: expect.any(Number),
          },
        ],
      },
      next_page_token: null,
    });
  });

  it('bear the midnight that they start at, and are asked for by it', () => {
    const days = (start: string, end: string) =>
      (bars(`symbols=SPY&start=${start}&end=${end}`).page.bars!.SPY ?? []).map(({ t }) =>
        String(t).slice(5, 10),
      );
    expect(days('2018-07-16', '2018-07-17')).toEqual(['07-16', '07-17']);
    expect(days('2018-07-16T00:00:00Z', '2018-07-17T00:00:00Z')).toEqual(['07-16']);
    expect(days('2018-07-16T04:00:01Z', '2018-07-17T04:00:00Z')).toEqual(['07-17']);
    expect(days('2018-07-14', '2018-07-15')).toEqual([]);
  });

  it('are as traded unless asked otherwise', () => {
    const { ticker } = splits.find(({ session }) => session > parseSession('2018-02-01'))!;
    const query = `symbols=${ticker}&start=2018-01-01`;
    const own = (adjusted: boolean) => expected(ticker, adjusted).map((row) => [ticker, ...row]);
    expect(pages(query).rows).toEqual(own(false));
    expect(pages(`${query}&adjustment=raw`).rows).toEqual(own(false));
    expect(pages(`${query}&adjustment=split`).rows).toEqual(own(true));
    expect(own(true)).not.toEqual(own(false));
  });

  it('know a preferred share by its spelling there', () => {
    expect(bars('symbols=ABR.PRD').page.bars!['ABR.PRD']!.at(-1)).toMatchObject({
      c: market.bars('ABRpD')!.close.at(-1),
    });
  });

  it.each([
    ['symbols=SPY,NOSUCH,BRK.B', 'invalid symbol: NOSUCH'],
    ['symbols=ABRpX', 'invalid symbol: ABRpX'],
    ['symbols=', 'symbols is required'],
    ['symbols=SPY&limit=10001', "The parameter 'limit' must be an integer from 1 to 10000"],
    ['symbols=SPY&start=soon', 'invalid start: soon'],
  ])('are refused as a whole for %s', (query, message) => {
    expect(bars(query)).toEqual({ status: 400, page: { message } });
  });

  it('are daily', () => {
    expect(get('bars', 'symbols=SPY&timeframe=1Min').status).toBe(400);
  });
});

describe('corporate actions', () => {
  it.each([1, 7, 1000])('are the splits by kind over the pages, each once (%i a page)', (limit) => {
    const found: unknown[] = [];
    let token: string | null | undefined;
    do {
      const query = `types=forward_split,reverse_split&start=2017-06-01&end=2018-07-17&limit=${limit}`;
      const { page } = get('actions', token ? `${query}&page_token=${token}` : query);
      for (const [kind, rows] of Object.entries(page.corporate_actions!)) {
        for (const { symbol, ex_date, new_rate, old_rate } of rows) {
          expect(Number(new_rate) > Number(old_rate)).toBe(kind === 'forward_splits');
          found.push([symbol, ex_date, new_rate, old_rate]);
        }
      }
      token = page.next_page_token;
    } while (token !== null);
    const all = splits
      .filter(({ session }) => session >= parseSession('2017-06-01'))
      .map(({ ticker, session, from, to }) => [
        ticker.replace(/p(?=[A-Z]?$)/, '.PR'),
        formatSession(session),
        to,
        from,
      ]);
    expect(found.length).toBeGreaterThan(10);
    expect(found.toSorted()).toEqual(all.toSorted());
  });

  it('are of the kinds asked for', () => {
    const kinds = (types: string) => Object.keys(get('actions', `types=${types}`).page.corporate_actions!);
    expect(kinds('forward_split')).toEqual(['forward_splits']);
    expect(kinds('reverse_split')).toEqual(['reverse_splits']);
    expect(kinds('cash_dividend')).toEqual([]);
  });
});
