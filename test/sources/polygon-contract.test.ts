import { describe } from 'vitest';
import { MS_PER_DAY } from '../../src/session.ts';
import { createPolygonSource } from '../../src/sources/polygon.ts';
import { httpSourceSuite, KEY, MARKET, type Reply } from '../support/source-suite.ts';

/** Newest first, with midnight in New York as the time. A symbol that nobody knows is one without results. */
function serve(path: string): Reply {
  const ticker = /ticker\/([^/]+)/.exec(path)?.[1] ?? 'AAPL';
  const results = (MARKET[ticker] ?? []).toReversed().map(({ session, open, high, low, close, volume }) => ({
    t: session * MS_PER_DAY + 5 * 3_600_000,
    o: open,
    h: high,
    l: low,
    c: close,
    v: volume,
  }));
  const frame = { ticker, adjusted: false, resultsCount: results.length, status: 'OK' };
  return { status: 200, body: JSON.stringify(results.length === 0 ? frame : { ...frame, results }) };
}

describe('polygon source', () => {
  httpSourceSuite({
    open: (url) => createPolygonSource({ key: KEY, url }),
    serve,
    errorInside: '{"status":"ERROR","error":"Internal error"}',
    wrongKey: { status: 401, body: `{"status":"ERROR","error":"Unknown API Key ${KEY}"}` },
  });
});
