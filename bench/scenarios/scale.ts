import { rmSync, writeFileSync } from 'node:fs';
import { END, type Lab, type ServedMarket } from '../lab.ts';
import type { Sample, Scenario, Side, Target } from './scenario.ts';

const LOOKBACK = 30;
/** Symbols from which on it is also shown with a store, into which each is written. */
const KEPT_FROM = 100_000;
/** Time for the largest one. */
const LIMIT_MS = 30 * 60_000;
const TARGET: Target = {
  ofFirst: 1.3,
  rssMb: 500,
  why: 'the name of a symbol and the numbers that it is compared by are there until the last one has come, some 350 bytes',
};

/** What a symbol costs must not depend on how many others there are. */
export const scale: Scenario = {
  name: 'scale',
  shows: `Symbols from a pipe, ${LOOKBACK} bars each, a call each, the ranking of all of them; nothing is kept unless it is said`,
  suite: 'short',
  unit: 'µs a symbol',
  rounds: 3,
  warmUp: false,
  async prepare(lab) {
    const sizes = [
      1000,
      10_000,
      ...(lab.suite === 'quick' ? [] : [100_000]),
      ...(lab.suite === 'full' ? [1_000_000] : []),
    ];
    const market = await lab.market(lab.symbols(sizes.at(-1)!), [], 2 * LOOKBACK);
    const sides: Record<string, Side> = {};
    for (const size of sizes) {
      const symbols = lab.symbols(size);
      const name = `${symbols.toLocaleString('en')} symbols`;
      const target = size > sizes[0]! && { target: TARGET };
      sides[name] = { run: piped(lab, market, symbols), ...target };
      if (size < KEPT_FROM) continue;
      sides[`${name}, kept on disk`] = { run: piped(lab, market, symbols, { isKept: true }), ...target };
    }
    // The first start of a fresh build compiles what later ones find compiled.
    await Object.values(sides)[0]!.run(0);
    return { sides };
  },
};

/** What it keeps goes afterwards. */
function piped(
  lab: Lab,
  market: ServedMarket,
  symbols: number,
  { isKept = false }: { readonly isKept?: boolean } = {},
): () => Promise<Sample> {
  const input = `${lab.newFolder()}.txt`;
  writeFileSync(input, `${market.symbols.slice(0, symbols).join('\n')}\n`);
  const args = [
    '--polygon-url',
    market.url,
    '--as-of',
    END,
    '--lookback',
    `${LOOKBACK}`,
    '--no-batch',
    // The provider makes a market of a million symbols when it is asked the first time.
    '--timeout',
    '5m',
    '--symbol-timeout',
    '10m',
  ];
  return () =>
    market.counted(async () => {
      const folder = lab.newFolder();
      const cache = isKept ? ['--cache-dir', folder] : ['--no-cache'];
      const command = ['scan', ...args, ...cache, '--out', '/dev/null', '--deadline', '1h'];
      const sample = await lab.tapescan(command, { input, limitMs: LIMIT_MS });
      rmSync(folder, { recursive: true, force: true });
      return { ...sample, value: (sample.value * 1000) / symbols };
    });
}
