import { writeFileSync } from 'node:fs';
import { END, type Lab, type ServedMarket } from '../lab.ts';
import type { Sample, Scenario, Side } from './scenario.ts';

const LOOKBACK = 30;
/** Time for the largest one. */
const LIMIT_MS = 30 * 60_000;

/** What a symbol costs must not depend on how many others there are. */
export const scale: Scenario = {
  name: 'scale',
  shows: `Symbols from a pipe, ${LOOKBACK} bars each, a call each, nothing kept, the ranking of all of them`,
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
    const sides = sizes.map((size, index): [string, Side] => [
      `${lab.symbols(size).toLocaleString('en')} symbols`,
      {
        run: piped(lab, market, lab.symbols(size)),
        ...(index > 0 && { target: { ofFirst: 1.3, rssMb: 500 } }),
      },
    ]);
    // The first start of a fresh build compiles what later ones find compiled.
    await sides[0]![1].run(0);
    return { sides: Object.fromEntries(sides) };
  },
};

function piped(lab: Lab, market: ServedMarket, symbols: number): () => Promise<Sample> {
  const input = `${lab.newFolder()}.txt`;
  writeFileSync(input, `${market.symbols.slice(0, symbols).join('\n')}\n`);
  const args = [
    '--polygon-url',
    market.url,
    '--as-of',
    END,
    '--lookback',
    `${LOOKBACK}`,
    '--no-cache',
    '--no-batch',
    // The provider makes a market of a million symbols when it is asked the first time.
    '--timeout',
    '5m',
    '--symbol-timeout',
    '10m',
  ];
  return () =>
    market.counted(async () => {
      const sample = await lab.tapescan(['scan', ...args, '--out', '/dev/null', '--deadline', '1h'], {
        input,
        limitMs: LIMIT_MS,
      });
      return { ...sample, value: (sample.value * 1000) / symbols };
    });
}
