import { Worker } from 'node:worker_threads';
import { ConfigError } from '../errors.ts';
import type { CallCounts } from './call-counter.ts';
import type { Provider } from './provider.ts';
import type { SimulatorMessage, SimulatorOptions, SimulatorRequest } from './simulator-messages.ts';

/** Runs from sources and from compiled files alike. */
const ENTRY = new URL(
  `./simulator.worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);

/**
 * Starts the provider in a thread of this process, so that it does not share the event loop of what is under test.
 *
 * Failure: rejects with what `createMarket`, `loadMarket` or `startProvider` reject with. A crash of the thread later
 * rejects `closed`, and every call on the provider.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Provider> {
  // Flags of the process (an `--input-type`, a profiler) are not meant for the thread.
  const worker = new Worker(ENTRY, { workerData: options, name: 'simulator', execArgv: [] });
  const waiting: PromiseWithResolvers<CallCounts>[] = [];
  const listening = Promise.withResolvers<string>();
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  let failure: unknown;
  let last: CallCounts | undefined;
  let closing: Promise<void> | undefined;

  function fail(error: unknown): void {
    failure ??= error;
    listening.reject(failure);
    for (const call of waiting.splice(0)) call.reject(failure);
    reject(failure);
  }
  worker.on('message', (message: SimulatorMessage) => {
    if (message.kind === 'listening') listening.resolve(message.url);
    else if (message.kind === 'refused') fail(new ConfigError(message.problems));
    else {
      last = message.counts;
      waiting.shift()?.resolve(last);
    }
  });
  worker.on('error', fail);
  worker.on('exit', (code) => {
    if (closing === undefined || waiting.length > 0) {
      fail(new Error(`The simulator's thread ended by itself with code ${code}`));
    }
    resolve();
  });

  function ask(request: SimulatorRequest): Promise<CallCounts> {
    if (failure !== undefined) return Promise.reject(failure);
    const call = Promise.withResolvers<CallCounts>();
    waiting.push(call);
    worker.postMessage(request);
    return call.promise;
  }

  let url: string;
  try {
    url = await listening.promise;
  } catch (error) {
    // The error is the answer; `closed` has nobody to tell it to.
    closed.catch(() => {});
    throw error;
  }
  return {
    url,
    closed,
    calls: async () => (closing === undefined ? ask('calls') : closing.then(() => last!)),
    close: () => {
      closing ??= ask('close').then(async () => {
        await worker.terminate();
      });
      return closing;
    },
  };
}
