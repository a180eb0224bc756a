import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as tapescan from '../src/index.ts';
import { createMarket } from '../src/simulator/market.ts';
import { startProvider } from '../src/simulator/provider.ts';

describe('tapescan as a library', () => {
  it('exports what it says', () => {
    expect(Object.keys(tapescan).sort()).toEqual([
      'COLUMN',
      'ConfigError',
      'FEATURES',
      'LostGroundError',
      'ScanError',
      'createMemoryStore',
      'createPolygonSource',
      'describeFeatures',
      'describeRow',
      'formatSession',
      'lastCompletedSession',
      'openDiskStore',
      'parseSession',
      'scan',
      'startTrace',
      'tier',
    ]);
  });

  it('emits the outcome of every symbol, and then the ranking', async () => {
    const end = tapescan.lastCompletedSession(Date.now());
    const provider = await startProvider({ market: createMarket({ symbols: 50, sessions: 300, end }) });
    onTestFinished(() => provider.close());
    const source = tapescan.createPolygonSource({ url: provider.url });
    onTestFinished(() => source.close());
    const store = tapescan.createMemoryStore();
    const universe = ['F', 'T', 'BRK/B', 'F', 'no ticker!'];

    const events = await lastValueFrom(tapescan.scan({ universe, source, store }).pipe(toArray()));
    const outcomes = events.flatMap((event) => (event.kind === 'ranking' ? [] : [event]));
    expect(outcomes.map(({ entry }) => entry.symbol).sort()).toEqual(['BRK.B', 'F', 'F', 'T', 'no ticker!']);
    const last = events.at(-1)!;
    expect(last.kind).toBe('ranking');
    if (last.kind !== 'ranking') return;
    expect(last.ranking.summary).toMatchObject({ in: 5, conserved: true, calls: 4, stopped: null });

    const uncached = await lastValueFrom(tapescan.scan({ universe, source }));
    expect(uncached.kind === 'ranking' && uncached.ranking.summary.cache.hit_rate).toBeNull();

    const again = await lastValueFrom(tapescan.scan({ universe, source, store }));
    expect(again.kind === 'ranking' && again.ranking.summary.calls).toBe(0);
  });
});
