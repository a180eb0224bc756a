import { lastCompletedSession } from '../calendar/nyse.ts';
import type { Settings } from '../config.ts';
import { createLog } from '../log.ts';
import { loadMarket } from '../simulator/bars-file.ts';
import { createMarket } from '../simulator/market.ts';
import { startProvider } from '../simulator/provider.ts';
import { marketOf, simulatorOptions } from '../simulator/simulator-settings.ts';

/**
 * `tapescan simulate`: serves a market until Ctrl-C or SIGTERM; prints its URL on a line once it listens.
 *
 * Resolves with exit code 0: being stopped is how it ends.
 */
export async function simulateCommand(settings: Settings): Promise<number> {
  const log = createLog(settings.logLevel);
  const end = lastCompletedSession(Date.now());
  // A wrong fault is found before a large file is loaded.
  const options = simulatorOptions(settings, end);
  const made = marketOf(settings, end);
  const market = 'file' in made ? await loadMarket(made.file) : createMarket(made);
  if (settings.list) {
    for (const { ticker } of market.tickers()) {
      if (!process.stdout.write(`${ticker}\n`)) await drained();
      if (process.stdout.errored) break;
    }
    return 0;
  }
  const provider = await startProvider({
    ...options,
    market,
    port: settings.port,
    callsFile: settings.calls,
  });
  process.stdout.write(`${provider.url}\n`);
  log.info({ symbols: market.size, market: market.name }, 'Serving');
  const stop = () => void provider.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await provider.closed;
  return 0;
}

/** Resolves when standard output takes more, or takes nothing any more. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('drain', resolve);
    process.stdout.once('close', resolve);
  });
}
