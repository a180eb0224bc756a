import { rmSync, writeFileSync } from 'node:fs';
import { runTapescan } from './scan-sides.ts';
import type { Scenario } from './scenario.ts';

const WHERE = 'rsi_14 < 40 and close > sma_200 and dollar_vol_20 > 1e6';
/** Dollars. */
const LARGE = 2e9;
const SMALL = 1e8;

/** What is left out, and what leaving out costs. */
export const filtering: readonly Scenario[] = [
  {
    name: 'rules-before-data',
    shows: '6,000 symbols, nothing kept, a call each: a rule that needs no bars leaves every second one out',
    suite: 'short',
    unit: 'ms',
    async prepare(lab) {
      const market = await lab.market(lab.symbols(6000));
      const universe = `${lab.newFolder()}.csv`;
      const lines = market.symbols.map((symbol, index) => `${symbol},${index % 2 === 0 ? LARGE : SMALL}\n`);
      writeFileSync(universe, `symbol,market cap\n${lines.join('')}`);
      const scan = (...more: string[]) => ({
        run: () => runTapescan(lab, market, { universe, args: ['--no-batch', ...more] }),
      });
      return {
        sides: { 'all of them': scan(), 'with --min-market-cap': scan('--min-market-cap', `${LARGE}`) },
      };
    },
  },
  {
    name: 'where',
    shows: '6,000 symbols, all of them kept: a condition of three terms on each',
    suite: 'short',
    unit: 'ms',
    rounds: 9,
    async prepare(lab, closers) {
      const market = await lab.market(lab.symbols(6000));
      const cache = lab.newFolder();
      closers.defer(() => rmSync(cache, { recursive: true, force: true }));
      await runTapescan(lab, market, { cache });
      const scan = (...args: string[]) => ({ run: () => runTapescan(lab, market, { cache, args }) });
      return { sides: { 'without a condition': scan(), 'with --where': scan('--where', WHERE) } };
    },
  },
];
