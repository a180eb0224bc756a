/** The thread of `startSimulator`: one provider, from `workerData` to `close`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { ConfigError } from '../errors.ts';
import { loadMarket } from './bars-file.ts';
import { createMarket, type Market } from './market.ts';
import { startProvider } from './provider.ts';
import type { SimulatorMessage, SimulatorOptions, SimulatorRequest } from './simulator-messages.ts';

const port = parentPort as MessagePort;
const { market: source, ...options } = workerData as SimulatorOptions;
const post = (message: SimulatorMessage) => port.postMessage(message);

try {
  const market: Market = 'file' in source ? await loadMarket(source.file) : createMarket(source);
  // A failed provider ends the thread: its `closed` is a rejection that nobody handles.
  const provider = await startProvider({ ...options, market });
  port.on('message', async (request: SimulatorRequest) => {
    if (request === 'close') await provider.close();
    post({ kind: 'calls', counts: await provider.calls() });
    if (request === 'close') port.close();
  });
  post({ kind: 'listening', url: provider.url });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  post({ kind: 'refused', problems: error.problems });
}
