import { statSync } from 'node:fs';
import { type SimulatorSettings, simulatorOptions } from '../simulator/simulator-settings.ts';
import { startSimulator } from '../simulator/start-simulator.ts';
import type { Session } from '../types.ts';
import { createPolygonSource, type PolygonSource } from './polygon.ts';
import type { CallOptions } from './provider-client.ts';

/**
 * A simulated market as Polygon would have it, served by a thread of this process over real HTTP on loopback.
 *
 * Failure: `ConfigError` where the market cannot be made; further as the Polygon source. Holds: the market's thread.
 */
export async function openSimulatorSource(
  settings: SimulatorSettings,
  end: Session,
  opening: CallOptions,
): Promise<PolygonSource> {
  const options = simulatorOptions(settings, end);
  const provider = await startSimulator(options);
  const source = createPolygonSource({
    url: provider.url,
    dataset: datasetOf(options.market),
    ...opening,
  });
  return {
    ...source,
    name: 'simulator',
    async close() {
      await source.close();
      await provider.close();
    },
  };
}

/** Everything that the bars follow from; the port is not among it. */
function datasetOf(market: ReturnType<typeof simulatorOptions>['market']): string {
  if ('file' in market) {
    const { size, mtimeMs } = statSync(market.file);
    return `simulator as traded ${JSON.stringify([market.file, size, mtimeMs])}`;
  }
  const { seed, sessions, end } = market;
  return `simulator as traded ${JSON.stringify({ seed, sessions, end })}`;
}
