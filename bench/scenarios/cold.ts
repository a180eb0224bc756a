import { expectSameNumbers, runStraightforward, runTapescan } from './scan-sides.ts';
import type { Scenario, Side, Suite, Target } from './scenario.ts';

/** Requests at once where answers take their time; without latency, the defaults of both programs are best. */
const CONCURRENCY = 200;

const ALONE_WHY =
  'a call costs the main thread some 100 µs of sockets, client and stream, on cores that the provider shares';

interface ColdScan {
  readonly symbols: number;
  readonly latencyMs: number;
  readonly suite: Suite;
  /** Whether the forms other than the default are shown, too. */
  readonly forms?: boolean;
  readonly faults?: readonly string[];
  /** Of the plan that the program chooses, and of one call a symbol. */
  readonly target?: Target;
  readonly alone?: Target;
}

/** Nothing is kept: every bar is fetched. */
export const coldScans: readonly Scenario[] = [
  coldScan({
    symbols: 100,
    latencyMs: 50,
    suite: 'quick',
    target: {
      most: 300,
      why: 'two rounds of answers are 100 ms; loading and compiling the program and the client is as much processor time again, and the provider opens 64 connections on the same cores',
    },
  }),
  coldScan({ symbols: 2639, latencyMs: 0, suite: 'short' }),
  coldScan({ symbols: 5000, latencyMs: 0, suite: 'full' }),
  coldScan({
    symbols: 6000,
    latencyMs: 0,
    suite: 'quick',
    forms: true,
    target: {
      most: 1000,
      rssMb: 250,
      calls: 262,
      why: 'its processor time is about that of both cores for a second, and a quarter of it is compiling and collecting garbage; up to 64 bodies of a megabyte are under way, beside a panel of 69 MB',
    },
    alone: { most: 800, rssMb: 250, why: ALONE_WHY },
  }),
  coldScan({
    symbols: 6000,
    latencyMs: 50,
    suite: 'short',
    forms: true,
    alone: { most: latencyBound(50), why: ALONE_WHY },
  }),
  coldScan({
    symbols: 6000,
    latencyMs: 200,
    suite: 'full',
    forms: true,
    alone: { most: latencyBound(200), why: ALONE_WHY },
  }),
  coldScan({
    symbols: 6000,
    latencyMs: 0,
    suite: 'short',
    faults: ['500=0.01', 'reset=0.005', 'malformed=0.005'],
  }),
];

function coldScan({
  symbols,
  latencyMs,
  suite,
  forms = false,
  faults = [],
  target,
  alone,
}: ColdScan): Scenario {
  const trouble = faults.length > 0 ? ', 2 % of answers are faults' : '';
  return {
    name: `cold-${symbols}${latencyMs > 0 ? `-${latencyMs}ms` : ''}${trouble && '-faults'}`,
    shows: `${symbols.toLocaleString('en')} symbols, nothing kept, ${latencyMs} ms latency${trouble}`,
    suite,
    unit: 'ms',
    async prepare(lab) {
      const options = ['--latency', `${latencyMs}`, ...faults.flatMap((fault) => ['--fault', fault])];
      const market = await lab.market(lab.symbols(symbols), options);
      const args = latencyMs > 0 && symbols > CONCURRENCY ? ['--concurrency', `${CONCURRENCY}`] : [];
      const codes = [0, 3];
      const ours = (...more: string[]): Side => ({
        run: () => runTapescan(lab, market, { args: [...args, ...more], codes }),
      });
      return {
        sides: {
          tapescan: { ...ours(), ...(target && { target }) },
          ...(forms && {
            'tapescan --no-batch': { ...ours('--no-batch'), ...(alone && { target: alone }) },
            'tapescan --source alpaca': ours('--source', 'alpaca'),
          }),
          'straightforward scan': {
            run: () => runStraightforward(lab, market, { args }),
            isCounterpart: true,
          },
        },
        // A fault that nobody notices may leave the other program with another symbol's bars.
        ...(faults.length === 0 && { check: () => expectSameNumbers(lab) }),
      };
    },
  };
}

/** A tenth and another above the time that so many calls take when nothing but the latency counts. */
function latencyBound(latencyMs: number): number {
  return 1.2 * Math.ceil(6000 / CONCURRENCY) * latencyMs;
}
