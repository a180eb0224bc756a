import { lastCompletedSession } from '../calendar/nyse.ts';
import type { Settings } from '../config.ts';
import { createLog } from '../log.ts';
import { loadMarket } from '../simulator/bars-file.ts';
import { createMarket, type Market } from '../simulator/market.ts';
import { startProvider } from '../simulator/provider.ts';
import { marketOf, simulatorOptions } from '../simulator/simulator-settings.ts';
import { chunkText } from '../sinks/chunk-text.ts';
import { openWritableTarget } from '../sinks/writable-target.ts';

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
    await printTickers(market);
    return 0;
  }
  const provider = await startProvider({
    ...options,
    market,
    port: settings.port,
    callsFile: settings.calls,
    keepBytes: settings.keepAnswers,
  });
  process.stdout.write(`${provider.url}\n`);
  log.info({ symbols: market.size, market: market.name }, 'Serving');
  const stop = () => void provider.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await provider.closed;
  return 0;
}

/** Prints the symbols, one a line, for as long as there is somebody who reads them. */
async function printTickers(market: Market): Promise<void> {
  const output = openWritableTarget('standard output', process.stdout);
  const lines = function* () {
    for (const { ticker } of market.tickers()) yield `${ticker}\n`;
  };
  for (const chunk of chunkText(lines())) {
    await output.write(chunk);
    if (output.closedEarly) break;
  }
  await output.commit();
}
