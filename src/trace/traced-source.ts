import { formatSession } from '../session.ts';
import type { BarSource, Payload } from '../types.ts';
import type { Tracer } from './tracer.ts';

/** A source whose calls are told to a tracer. Order, failure and holding are the source's. */
export function tracedSource(source: BarSource, tracer: Tracer): BarSource {
  const { manySymbols, wholeMarket, splits, universe } = source;
  return {
    name: source.name,
    dataset: source.dataset,
    get traffic() {
      return source.traffic;
    },
    async fetchBars(symbol, history, signal) {
      const end = tracer.begin('fetch bars', symbol);
      let payload: Payload | undefined;
      try {
        payload = await source.fetchBars(symbol, history, signal);
        return payload;
      } finally {
        end({ bytes: payload?.pages.reduce((sum, page) => sum + page.byteLength, 0) ?? 0 });
      }
    },
    ...(source.prepare && {
      async prepare(history, signal) {
        await source.prepare?.(history, signal).finally(tracer.begin('source', 'prepare'));
      },
    }),
    ...(manySymbols && {
      manySymbols: {
        symbolsPerCall: (bars) => manySymbols.symbolsPerCall(bars),
        calls: (symbols, bars) => manySymbols.calls(symbols, bars),
        async fetchMany(symbols, history, signal) {
          const end = tracer.begin('fetch many', `${symbols.length} symbols`, { bars: history.bars });
          return manySymbols.fetchMany(symbols, history, signal).finally(end);
        },
      },
    }),
    ...(wholeMarket && {
      wholeMarket: {
        expect: (sessions) => wholeMarket.expect?.(sessions),
        async fetchDay(session, signal) {
          const end = tracer.begin('fetch day', formatSession(session));
          return wholeMarket.fetchDay(session, signal).finally(end);
        },
        ...(wholeMarket.fillPanel && {
          fillPanel(panel) {
            const feed = wholeMarket.fillPanel!(panel);
            return {
              async fetchDay(session, signal) {
                const end = tracer.begin('fetch day', formatSession(session));
                return feed.fetchDay(session, signal).finally(end);
              },
              end: () => feed.end(),
            };
          },
        }),
        ...(wholeMarket.fetchSnapshot && {
          async fetchSnapshot(session, signal) {
            const end = tracer.begin('fetch day', `${formatSession(session)} so far`);
            return wholeMarket.fetchSnapshot!(session, signal).finally(end);
          },
        }),
      },
    }),
    ...(splits && {
      splits: {
        async fetchSplits(from, to, signal) {
          return splits.fetchSplits(from, to, signal).finally(tracer.begin('source', 'splits'));
        },
      },
    }),
    ...(universe && { universe }),
    close: () => source.close(),
  };
}
