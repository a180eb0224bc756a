import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseSession } from '../../../src/session.ts';
import { createMarket } from '../../../src/simulator/market.ts';
import { startProvider } from '../../../src/simulator/provider.ts';
import { createPolygonSource, type PolygonOptions } from '../../../src/sources/polygon.ts';
import type { Session } from '../../../src/types.ts';
import { type ScriptedServer, scriptedServer } from '../../support/scripted-server.ts';

const RECORDED = fileURLToPath(
  new URL(
    '../../../../shared/data/provider-fixtures/polygon/tickers-v3_reference_tickers.json',
    import.meta.url,
  ),
);
const never = new AbortController().signal;
const day = parseSession;
const FROM = day('2026-01-01');
const TO = day('2026-06-30');

function sourceOf({ url }: Pick<ScriptedServer, 'url'>, options: PolygonOptions = {}) {
  const source = createPolygonSource({ url, ...options });
  onTestFinished(() => source.close());
  return source;
}

const splitRow = (ticker: unknown, date: unknown, from: unknown = 1, to: unknown = 4) => ({
  id: 'E36416cce743c3964c5da63e1ef1626c0aece30fb47302eea5a49c0055c04e8d0',
  execution_date: date,
  split_from: from,
  split_to: to,
  ticker,
});

/** A server that answers with these pages, one after the other. */
const paged = (...pages: readonly object[]) =>
  scriptedServer((response, _path, attempt) => {
    const next = attempt < pages.length && { next_url: `https://api.polygon.io/v3/page?cursor=${attempt}` };
    response.end(JSON.stringify({ status: 'OK', ...next, ...pages[attempt - 1] }));
  });

describe('splits', () => {
  it('come over all pages, as ratios of new to old shares', async () => {
    const server = await paged(
      { results: [splitRow('A', '2026-03-04'), splitRow('BRK.B', '2026-02-02', 10, 1)] },
      { results: [splitRow('C', '2026-01-01', 2, 3)] },
    );
    expect(await sourceOf(server, { key: 'k3y' }).splits.fetchSplits(FROM, TO, never)).toEqual([
      { symbol: 'A', session: day('2026-03-04'), ratio: 4 },
      { symbol: 'BRK.B', session: day('2026-02-02'), ratio: 0.1 },
      { symbol: 'C', session: day('2026-01-01'), ratio: 1.5 },
    ]);
    expect(server.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      [
        '/v3/reference/splits?execution_date.gte=2026-01-01&execution_date.lte=2026-06-30&limit=1000',
        'Bearer k3y',
      ],
      ['/v3/page?cursor=1', 'Bearer k3y'],
    ]);
  });

  it('are each there once, and only where they are splits of the time asked for', async () => {
    const server = await paged({
      results: [
        splitRow('A', '2026-03-04'),
        splitRow('A', '2026-03-04'),
        splitRow('A', '2025-12-31'),
        splitRow('A', '2026-07-01'),
        splitRow('A', '2026-02-30'),
        splitRow('A', '2026-03-05', 0, 1),
        splitRow('A', '2026-03-05', 1, 0),
        splitRow('A', '2026-03-05', -1, 2),
        splitRow('A', '2026-03-05', 'x', 2),
        splitRow(7, '2026-03-05'),
        splitRow('A', null),
        null,
        7,
      ],
    });
    expect(await sourceOf(server).splits.fetchSplits(FROM, TO, never)).toEqual([
      { symbol: 'A', session: day('2026-03-04'), ratio: 4 },
    ]);
  });

  it('may be none', async () => {
    expect(await sourceOf(await paged({})).splits.fetchSplits(FROM, TO, never)).toEqual([]);
  });

  it.each([
    ['an empty body', '', 'empty-body'],
    ['a page of HTML', '<html></html>', 'not-json'],
    ['a body that breaks off', '{"status":"OK","results":[{"ticker":"S3CRET"', 'malformed'],
    ['results that are no list', '{"status":"OK","results":7}', 'malformed'],
    ['no status', '{"results":[]}', 'malformed'],
    ['an error with status 200', '{"status":"ERROR","error":"Too many"}', 'provider-error'],
    ['a plan without splits', '{"status":"NOT_AUTHORIZED","message":"Upgrade"}', 'unauthorized'],
    ['a next_url that is no URL', '{"status":"OK","next_url":"//"}', 'malformed'],
  ])('fail on %s', async (_, body, code) => {
    const server = await scriptedServer((response) => response.end(body));
    const error = await sourceOf(server)
      .splits.fetchSplits(FROM, TO, never)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code });
    expect(`${(error as Error).message} ${String((error as Error).cause)}`).not.toContain('S3CRET');
  });

  it('do not go in circles', async () => {
    const server = await scriptedServer((response) =>
      response.end('{"status":"OK","results":[],"next_url":"http://127.0.0.1/again"}'),
    );
    await expect(sourceOf(server).splits.fetchSplits(FROM, TO, never)).rejects.toMatchObject({
      code: 'malformed',
      message: 'More than 500 pages of one list',
    });
    expect(server.requests).toHaveLength(500);
  });

  it('does not pass on an answer that quotes the key', async () => {
    const server = await paged({ results: [], note: 'k3y-secret' });
    await expect(
      sourceOf(server, { key: 'k3y-secret' }).splits.fetchSplits(FROM, TO, never),
    ).rejects.toMatchObject({ code: 'provider-error', message: 'An answer that quotes the key' });
  });
});

/** All batches of a listing. */
const batches = async <T>(list: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const batch of list) all.push(batch);
  return all;
};

describe('the universe', () => {
  const row = (ticker: unknown, type?: string) => ({
    ticker,
    name: `${ticker} Inc.`,
    primary_exchange: 'XNYS',
    type,
  });

  it('comes a page at a time, with the kind of each security', async () => {
    const server = await paged(
      { results: [row('A', 'CS'), row('ABRpD', 'PFD'), row(7), row('')] },
      { results: [row('SPY', 'ETF'), row('X', 'BASKET'), { ticker: 'Y' }, row('Z', 'constructor')] },
    );
    expect(await batches(sourceOf(server).universe.listSymbols({}, never))).toEqual([
      [
        { symbol: 'A', name: 'A Inc.', exchange: 'XNYS', instrument: 'common' },
        { symbol: 'ABRpD', name: 'ABRpD Inc.', exchange: 'XNYS', instrument: 'preferred' },
      ],
      [
        { symbol: 'SPY', name: 'SPY Inc.', exchange: 'XNYS', instrument: 'etf' },
        { symbol: 'X', name: 'X Inc.', exchange: 'XNYS' },
        { symbol: 'Y' },
        { symbol: 'Z', name: 'Z Inc.', exchange: 'XNYS' },
      ],
    ]);
    expect(server.requests[0]!.path).toBe('/v3/reference/tickers?market=stocks&active=true&limit=1000');
  });

  it('is asked for by day and by type', async () => {
    const server = await scriptedServer((response) => response.end('{"status":"OK","results":[]}'));
    await batches(sourceOf(server).universe.listSymbols({ asOf: FROM, types: ['CS', 'ADRC'] }, never));
    expect(server.requests.map(({ path }) => path.replace(/.*limit=1000/, ''))).toEqual([
      '&date=2026-01-01&type=CS',
      '&date=2026-01-01&type=ADRC',
    ]);
  });

  it('asks for no page that nobody waits for', async () => {
    const server = await paged({ results: [row('A')] }, { results: [row('B')] });
    for await (const _ of sourceOf(server).universe.listSymbols({}, never)) break;
    expect(server.requests).toHaveLength(1);
  });

  it.skipIf(!existsSync(RECORDED))('reads the recorded answer of the real service', async () => {
    const { response } = JSON.parse(readFileSync(RECORDED, 'utf8')) as { response: { body: object } };
    const server = await paged({ ...response.body, next_url: undefined });
    expect(await batches(sourceOf(server).universe.listSymbols({}, never))).toEqual([
      [
        { symbol: 'A', name: 'Agilent Technologies Inc.', exchange: 'XNYS', instrument: 'common' },
        { symbol: 'AA', name: 'Alcoa Corporation', exchange: 'XNYS', instrument: 'common' },
      ],
    ]);
  });
});

describe('over the simulator', () => {
  const market = createMarket({ symbols: 2500, end: day('2018-07-17') });
  const infos = [...market.tickers()];

  async function simulated() {
    const provider = await startProvider({ market });
    onTestFinished(() => provider.close());
    return sourceOf(provider);
  }

  it('has the splits of all symbols', async () => {
    const [from, to] = [market.sessions[20]!, market.sessions[280]!];
    const expected = infos.flatMap(({ ticker }) =>
      market
        .bars(ticker)!
        .splits.filter(({ session }) => session >= from && session <= to)
        .map((split) => ({ symbol: ticker, session: split.session, ratio: split.to / split.from })),
    );
    const key = ({ symbol, session }: { symbol: string; session: Session }) => `${symbol} ${session}`;
    const found = await (await simulated()).splits.fetchSplits(from, to, never);
    expect(found.length).toBeGreaterThan(50);
    expect(found.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))).toEqual(
      expected.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    );
  });

  it('has the symbols that are listed, now and on a day of the past', async () => {
    const { universe } = await simulated();
    const names = async (asOf?: Session) =>
      (await batches(universe.listSymbols({ asOf }, never))).flat().map(({ symbol }) => symbol);
    expect(await names()).toEqual(infos.filter(({ active }) => active).map(({ ticker }) => ticker));
    const asOf = market.sessions[50]!;
    const then = await names(asOf);
    const [listed, gone] = [new Set(then), infos.filter(({ active }) => !active)];
    // Whoever trades on a day is listed then, also where it is not any more.
    for (const { ticker } of infos) {
      if (market.bars(ticker)!.session.includes(asOf)) expect(listed).toContain(ticker);
      else if ((market.bars(ticker)!.session[0] ?? Infinity) > asOf + 30)
        expect(listed).not.toContain(ticker);
    }
    expect(gone.filter(({ ticker }) => listed.has(ticker)).length).toBeGreaterThan(50);
    expect(then.length).toBeLessThan(infos.length);
  });
});
