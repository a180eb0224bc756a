import { ScanError } from '../../src/errors.ts';
import type { Market } from '../../src/simulator/market.ts';
import { type Provider, type ProviderOptions, startProvider } from '../../src/simulator/provider.ts';
import { createPolygonSource } from '../../src/sources/polygon.ts';
import type { BarSource } from '../../src/types.ts';

/** The simulator's waits are whole seconds. */
const HURRY = 100;

export interface SimulatedSource extends BarSource {
  readonly provider: Provider;
}

/** A market behind real HTTP on loopback; `Retry-After` is heard as a hundredth of what was said. */
export async function startSimulatedSource(
  market: Market,
  options: Omit<ProviderOptions, 'market'> = {},
  timeoutMs = 10_000,
): Promise<SimulatedSource> {
  const provider = await startProvider({ market, ...options });
  const source = createPolygonSource({ url: provider.url, dataset: market.name, timeoutMs });
  return {
    ...source,
    provider,
    fetchBars: (symbol, history, signal) =>
      source.fetchBars(symbol, history, signal).catch((error: unknown) => {
        throw error instanceof ScanError ? hurried(error) : error;
      }),
    async close() {
      await source.close();
      await provider.close();
    },
  };
}

function hurried(error: ScanError): ScanError {
  const { code, message, stage, retryAfterMs, cause } = error;
  if (retryAfterMs === undefined) return error;
  return new ScanError(code, message, { stage, retryAfterMs: retryAfterMs / HURRY, cause });
}
