import type { ServerResponse } from 'node:http';
import { startRecorder } from '../recorder.ts';
import { runStraightforward, runTapescan } from './scan-sides.ts';
import type { Scenario } from './scenario.ts';

const SYMBOLS = 1500;
const DEAD = 34;
const TIMEOUT_MS = 500;

const DEATHS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'status 404': (response) => response.writeHead(404).end(),
  'status 500': (response) => response.writeHead(500).end(),
  'no answer': () => {},
};

/** A few symbols that never come must not hold up the others. */
export const deadSymbols: Scenario = {
  name: 'dead-symbols',
  shows: `${DEAD} of 1,500 symbols never come; a call each, three attempts, ${TIMEOUT_MS} ms for an answer`,
  suite: 'short',
  unit: 'ms',
  async prepare(lab, closers) {
    const market = await lab.market(lab.symbols(SYMBOLS));
    const every = Math.floor(market.symbols.length / DEAD);
    const dead = new Set(
      market.symbols.filter((_, index) => every > 0 && index % every === 0).slice(0, DEAD),
    );
    /** A provider of its own for each way to die; it answers the rest from memory. */
    const provider = async (die?: (response: ServerResponse) => void) => {
      const recorder = await startRecorder(market.url, {
        instead(path, response) {
          const symbol = /^\/v2\/aggs\/ticker\/([^/]+)/.exec(path)?.[1];
          if (die === undefined || symbol === undefined || !dead.has(decodeURIComponent(symbol)))
            return false;
          die(response);
          return true;
        },
      });
      closers.defer(recorder.close);
      return recorder.url;
    };
    const scan = (url: string) => ({
      run: async () => {
        const args = ['--no-batch', '--timeout', `${TIMEOUT_MS}ms`, '--attempts', '3'];
        const { calls: _, ...sample } = await runTapescan(lab, market, { url, args, codes: [0, 3] });
        return sample;
      },
    });
    const sides = Object.fromEntries(
      await Promise.all(
        Object.entries(DEATHS).map(
          async ([name, die]) => [`tapescan, ${name}`, scan(await provider(die))] as const,
        ),
      ),
    );
    const hanging = await provider(DEATHS['no answer']);
    const straightforward = async () => {
      const args = ['--timeout', `${TIMEOUT_MS}`];
      const { calls: _, ...sample } = await runStraightforward(lab, market, { url: hanging, args });
      return sample;
    };
    // The provider has nothing in memory yet.
    await straightforward();
    return {
      sides: {
        'tapescan, none dead': scan(await provider()),
        ...sides,
        'straightforward scan, no answer': { run: straightforward, isCounterpart: true },
      },
    };
  },
};
