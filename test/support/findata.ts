/** The bars of a whole market, where the real data is there. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ROW_WIDTH } from '../../src/features.ts';
import { layOutSeries, type Series } from '../../src/series.ts';
import { parseSession } from '../../src/session.ts';
import { CLASSIC_WEIGHTS } from '../../src/workers/classic.ts';
import { scoreJob } from '../../src/workers/score.ts';

export const FINDATA = fileURLToPath(
  new URL('../../../shared/data/ohlcv/findata-2017-2018.csv.gz', import.meta.url),
);
/** The last whole session of it. */
export const AS_OF = parseSession('2018-07-17');
const LOOKBACK = 260;
const LAST_SESSION = 100_000;

/** The last bars of every symbol up to the as-of session. */
export function readFindata(): Map<string, Series> {
  const sessions = new Map<string, number>();
  const rows = new Map<string, number[][]>();
  const lines = gunzipSync(readFileSync(FINDATA)).toString('latin1').trimEnd().split(/\r?\n/);
  for (const line of lines.slice(1)) {
    const [symbol, date, ...numbers] = line.split(',') as [string, string, ...string[]];
    const session = sessions.get(date) ?? parseSession(date);
    sessions.set(date, session);
    if (session > AS_OF) continue;
    const own = rows.get(symbol);
    const row = [session, ...numbers.map(Number)];
    if (own === undefined) rows.set(symbol, [row]);
    else own.push(row);
  }
  return new Map(
    [...rows].map(([symbol, all]) => {
      const last = all.slice(-LOOKBACK);
      const series = layOutSeries({ bars: last.length, from: 0, to: AS_OF, flags: 0 });
      const { session, open, high, low, close, volume } = series;
      last.forEach((row, bar) => {
        [session, open, high, low, close, volume].forEach((column, index) => {
          column[bar] = row[index]!;
        });
      });
      return [symbol, series];
    }),
  );
}

/** Its features and classic rating, as the scoring stage computes them. */
export function rowOf({ bytes, bars }: Series): Float64Array {
  const row = new Float64Array(ROW_WIDTH);
  const history = { from: 0, to: LAST_SESSION, bars: Math.max(1, bars) };
  scoreJob({ symbol: 'ANY', series: bytes }, { history, weights: CLASSIC_WEIGHTS }, row, 0);
  return row;
}
