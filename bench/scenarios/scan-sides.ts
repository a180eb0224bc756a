import { readFileSync, rmSync } from 'node:fs';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { formatSession, parseSession } from '../../src/session.ts';
import type { RankedRow } from '../../src/types.ts';
import { END, type Lab, type ServedMarket } from '../lab.ts';
import type { MeasureProcessOptions } from '../measure-process.ts';
import type { Sample } from './scenario.ts';

/** Sessions that every scan looks at, unless it is said. */
export const LOOKBACK = 260;
/** How far their numbers may differ, as a part of the value: the provider rounds the prices that it adjusts for splits. */
const TOLERANCE = 1e-3;

export interface ScanRunOptions extends MeasureProcessOptions {
  /** Further options of the command. */
  readonly args?: readonly string[];
  /** Folder of what is kept between runs. @default an empty one, which goes afterwards */
  readonly cache?: string | undefined;
  /** The provider's address, where it is not the market's own. */
  readonly url?: string | undefined;
  readonly universe?: string | undefined;
  readonly asOf?: string | undefined;
  /** @default a file that goes with the lab */
  readonly out?: string | undefined;
}

/** A whole scan by the packaged command. */
export function runTapescan(lab: Lab, market: ServedMarket, given: ScanRunOptions = {}): Promise<Sample> {
  const { args, cache, url, universe, asOf, out, ...options } = filled(market, given);
  return withFolder(lab, cache, (folder) => {
    const where = ['--polygon-url', url, '--alpaca-url', url, '--universe', universe, '--cache-dir', folder];
    const what = ['--as-of', asOf, '--scan-id', 'bench', '--out', out ?? `${lab.folder}/ours.ndjson`];
    return market.counted(() => lab.tapescan(['scan', ...where, ...what, ...args], options));
  });
}

/** The same by the straightforward program; it keeps bars only where `cache` says so. */
export function runStraightforward(
  lab: Lab,
  market: ServedMarket,
  given: ScanRunOptions = {},
): Promise<Sample> {
  const { args, cache, url, universe, asOf, out, ...options } = filled(market, given);
  const from = formatSession(sessionsBack(parseSession(asOf), LOOKBACK));
  const where = ['--url', url, '--universe', universe, ...(cache === undefined ? [] : ['--cache', cache])];
  const what = ['--from', from, '--to', asOf, '--out', out ?? `${lab.folder}/theirs.ndjson`];
  return market.counted(() => lab.straightforward([...where, ...what, ...args], options));
}

function filled(
  market: ServedMarket,
  { args = [], url = market.url, universe = market.universe, asOf = END, ...others }: ScanRunOptions,
) {
  return { args, url, universe, asOf, ...others };
}

/**
 * Compares what both programs wrote last, in the columns that both have.
 *
 * Failure: an `Error` with the first symbol that differs, or where they have fewer than half of ours in common.
 */
export function expectSameNumbers(lab: Lab): void {
  const ours = readRows<RankedRow>(`${lab.folder}/ours.ndjson`);
  const theirs = new Map(
    readRows<{ symbol: string } & Record<string, number>>(`${lab.folder}/theirs.ndjson`).map((row) => [
      row.symbol,
      row,
    ]),
  );
  let common = 0;
  for (const { symbol, features } of ours) {
    const other = theirs.get(symbol);
    if (other === undefined) continue;
    common++;
    for (const name of ['sma_20', 'rsi_14'] as const) {
      const [here, there] = [features[name]!, other[name]!];
      if (Math.abs(here - there) > TOLERANCE * Math.abs(here)) {
        throw new Error(
          `${symbol}: ${name} is ${here} by tapescan, and ${there} by the straightforward scan`,
        );
      }
    }
  }
  if (common * 2 < ours.length || common === 0) {
    throw new Error(`Of ${ours.length} ranked symbols, the straightforward scan has ${common}`);
  }
}

function readRows<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

async function withFolder(
  lab: Lab,
  kept: string | undefined,
  run: (folder: string) => Promise<Sample>,
): Promise<Sample> {
  if (kept !== undefined) return run(kept);
  const folder = lab.newFolder();
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
