/** The registry of sources: one line each. */
import type { Settings, SOURCES } from '../config.ts';
import type { BarSource, Session } from '../types.ts';
import { createPolygonSource } from './polygon.ts';

const OPENERS: Readonly<
  Record<
    (typeof SOURCES)[number],
    (settings: Settings, lastSession: Session) => BarSource | Promise<BarSource>
  >
> = {
  polygon: ({ polygonKey, polygonUrl, concurrency, timeout }) =>
    createPolygonSource({ key: polygonKey, url: polygonUrl, connections: concurrency, timeoutMs: timeout }),
  simulator: async (settings, lastSession) => {
    const { openSimulatorSource } = await import('./simulator.ts');
    return openSimulatorSource(settings, lastSession, {
      connections: settings.concurrency,
      timeoutMs: settings.timeout,
    });
  },
};

/**
 * Opens the source that the settings name; a simulated market ends at `lastSession` unless they say otherwise, whatever
 * session is scanned.
 *
 * Failure: `ConfigError`; nothing has been asked of a provider yet.
 */
export async function openSource(settings: Settings, lastSession: Session): Promise<BarSource> {
  return OPENERS[settings.source](settings, lastSession);
}
