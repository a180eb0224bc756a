/** The registry of sources: one line each. */
import type { Settings, SOURCES } from '../config.ts';
import type { BarSource, Session } from '../types.ts';
import { keepWasmAtBaseline } from './keep-wasm-at-baseline.ts';
import { createPolygonSource } from './polygon.ts';
import type { CallOptions, RequestLimiter } from './provider-client.ts';

interface Opening extends CallOptions {
  /** Of a simulated market, unless the settings say otherwise. */
  readonly lastSession: Session;
}

const OPENERS: Readonly<
  Record<(typeof SOURCES)[number], (settings: Settings, opening: Opening) => BarSource | Promise<BarSource>>
> = {
  polygon: ({ polygonKey: key, polygonUrl: url }, opening) => createPolygonSource({ key, url, ...opening }),
  alpaca: async ({ alpacaKeyId = '', alpacaSecret = '', alpacaUrl, alpacaFeed }, opening) => {
    const { createAlpacaSource } = await import('./alpaca.ts');
    return createAlpacaSource({
      keyId: alpacaKeyId,
      secret: alpacaSecret,
      url: alpacaUrl,
      feed: alpacaFeed,
      ...opening,
    });
  },
  archive: async ({ archive = '', archiveRaw }) => {
    const { createArchiveSource } = await import('./archive.ts');
    return createArchiveSource({ path: archive, adjusted: !archiveRaw });
  },
  tiingo: async ({ tiingoToken = '', tiingoUrl }, opening) => {
    const { createTiingoSource } = await import('./tiingo.ts');
    return createTiingoSource({ token: tiingoToken, url: tiingoUrl, ...opening });
  },
  yahoo: async ({ yahooUrl }, opening) => {
    const { createYahooSource } = await import('./yahoo.ts');
    return createYahooSource({ url: yahooUrl, ...opening });
  },
  simulator: async (settings, { lastSession, ...opening }) => {
    const { openSimulatorSource } = await import('./simulator.ts');
    return openSimulatorSource(settings, lastSession, opening);
  },
};

/**
 * Opens the source that the settings name; a simulated market ends at `lastSession` unless they say otherwise, whatever
 * session is scanned. `limiter` is asked before every request.
 *
 * Failure: `ConfigError`; nothing has been asked of a provider yet.
 */
export async function openSource(
  settings: Settings,
  lastSession: Session,
  limiter?: RequestLimiter,
): Promise<BarSource> {
  const { concurrency: connections, timeout: timeoutMs } = settings;
  const calls = { limiter, connections, timeoutMs, onOpen: keepWasmAtBaseline };
  return OPENERS[settings.source](settings, { lastSession, ...calls });
}
