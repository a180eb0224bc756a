import { encodeMarketDay } from '../market-day.ts';
import { layOutSeries } from '../series.ts';
import type { BarSource, Split } from '../types.ts';
import type { Manifest } from './manifest.ts';

/**
 * A source without a network: what a scan knew of its symbols beside their kept series (splits, the bars of the session that
 * was under way), and no bar of any other session. Failure: none.
 */
export function createReplaySource({ head: { source: name, dataset }, scored }: Manifest): BarSource {
  return {
    name,
    dataset,
    traffic: { calls: 0, bytes: 0 },
    async fetchBars(_symbol, { from, to }) {
      return { format: 'series', pages: [layOutSeries({ bars: 0, from, to, flags: 0 }).bytes] };
    },
    splits: {
      async fetchSplits() {
        return scored.flatMap(({ symbol, beside: { splits = [] } }) => {
          const own: Split[] = [];
          for (let at = 0; at < splits.length; at += 2)
            own.push({ symbol, session: splits[at]!, ratio: splits[at + 1]! });
          return own;
        });
      },
    },
    wholeMarket: {
      async fetchDay(session) {
        return encodeMarketDay(session, []);
      },
      async fetchSnapshot(session) {
        return encodeMarketDay(
          session,
          scored.flatMap(({ symbol, beside: { forming } }) => (forming ? [{ ...forming, symbol }] : [])),
        );
      },
    },
    async close() {},
  };
}
