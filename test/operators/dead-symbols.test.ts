import type { ServerResponse } from 'node:http';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchBars } from '../../src/operators/fetch-bars.ts';
import { retryTransient } from '../../src/operators/retry-transient.ts';
import { through } from '../../src/operators/through.ts';
import { createPolygonSource } from '../../src/sources/polygon.ts';
import { AdaptiveConcurrency } from '../../src/state/adaptive-concurrency.ts';
import { Breaker } from '../../src/state/breaker.ts';
import { Stop } from '../../src/state/stop.ts';
import type { Traveller } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';
import { scriptedServer } from '../support/scripted-server.ts';

const SYMBOLS = Array.from({ length: 1500 }, (_, index) => `${index % 44 === 7 ? 'DEAD' : 'S'}${index}`);
const DEAD = SYMBOLS.filter((symbol) => symbol.startsWith('DEAD'));
const history = { from: 17_000, to: 17_100, bars: 50 };
const BODY = '{"status":"OK","resultsCount":1,"results":[{}]}';

/** Fetches all symbols, the dead ones of which are answered by `die`; in the order in which they left. */
async function run(
  die: (response: ServerResponse) => void,
  { timeoutMs = 10_000, places = 64, onAnswer = () => {} } = {},
) {
  const server = await scriptedServer((response, path) => {
    if (path.includes('/DEAD')) return die(response);
    response.end(BODY);
    onAnswer();
  });
  const source = createPolygonSource({ url: server.url });
  onTestFinished(() => source.close());
  const stop = new Stop();
  const breaker = new Breaker();
  const adaptive = new AdaptiveConcurrency({ ceiling: places });
  const outcomes = await lastValueFrom(
    from(SYMBOLS.map((symbol): Traveller => ({ kind: 'missing', entry: entryOf(symbol) }))).pipe(
      retryTransient(
        through(['missing'], fetchBars(source, history, { stop, breaker, adaptive, timeoutMs })),
        {
          stop,
          baseMs: 1,
          isWell: () => breaker.isWell,
        },
      ),
      toArray(),
    ),
  );
  const failed = outcomes.filter(({ kind }) => kind === 'failed').map(({ entry }) => entry.symbol);
  return { outcomes, failed: failed.sort(), calls: server.requests.length, adaptive, breaker };
}

describe('34 dead symbols of 1,500', () => {
  it('cost a call each where they are not known', async () => {
    const { failed, calls } = await run((response) => response.writeHead(404).end());
    expect(failed).toEqual(DEAD.toSorted());
    expect(calls).toBe(1500);
  });

  it.each([
    ['fail', (response: ServerResponse) => response.writeHead(500).end()],
    ['never answer', () => {}],
  ])('cost their own attempts and nobody else anything where they %s', async (_, die) => {
    const { outcomes, failed, calls, adaptive, breaker } = await run(die, { timeoutMs: 2000 });
    expect(failed).toEqual(DEAD.toSorted());
    expect(calls).toBe(1500 + 4 * DEAD.length);
    expect([breaker.state, breaker.isWell]).toEqual(['closed', true]);
    expect(adaptive.limit).toBeGreaterThanOrEqual(32);
    expect(outcomes).toHaveLength(1500);
  });

  it('hold up nobody, even where there are more of them than places', async () => {
    const held: ServerResponse[] = [];
    let answered = 0;
    const onAnswer = () => {
      // Only once all others have been answered.
      if (++answered === SYMBOLS.length - DEAD.length)
        for (const response of held) response.writeHead(404).end();
    };
    const { outcomes, calls } = await run((response) => held.push(response), { places: 16, onAnswer });
    expect(calls).toBe(1500);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['fetched', 'failed']));
  });
});
