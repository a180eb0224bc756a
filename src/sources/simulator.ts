import { statSync } from 'node:fs';
import { type SimulatorSettings, simulatorOptions } from '../simulator/simulator-settings.ts';
import { startSimulator } from '../simulator/start-simulator.ts';
import type { BarSource, Session } from '../types.ts';
import { createPolygonSource, type PolygonOptions } from './polygon.ts';

/**
 * Daily aggregates of a simulated market, served by a thread of this process over real HTTP on loopback.
 *
 * Failure: `ConfigError` where the market cannot be made; further as the Polygon source. Holds: the market's thread.
 */
export async function openSimulatorSource(
  settings: SimulatorSettings,
  end: Session,
  { connections, timeoutMs }: Pick<PolygonOptions, 'connections' | 'timeoutMs'>,
): Promise<BarSource> {
  const options = simulatorOptions(settings, end);
  const provider = await startSimulator(options);
  const source = createPolygonSource({
    url: provider.url,
    dataset: datasetOf(options.market),
    ...(connections !== undefined && { connections }),
    ...(timeoutMs !== undefined && { timeoutMs }),
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
    return `simulator ${JSON.stringify([market.file, size, mtimeMs])}`;
  }
  const { seed, sessions, end } = market;
  return `simulator ${JSON.stringify({ seed, sessions, end })}`;
}
