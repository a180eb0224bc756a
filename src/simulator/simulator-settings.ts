import { resolve } from 'node:path';
import { sessionOnOrBefore } from '../calendar/nyse.ts';
import type { Session } from '../types.ts';
import { parseFaults } from './faults.ts';
import type { SimulatorOptions } from './simulator-messages.ts';

/** The settings that a simulated market and its provider are made from. */
export interface SimulatorSettings {
  readonly symbols: number;
  readonly sessions: number;
  readonly seed: number;
  readonly end: Session | undefined;
  readonly bars: string | undefined;
  readonly latency: number;
  readonly jitter: number;
  readonly rps: number | undefined;
  readonly fault: readonly string[];
}

/** What the market is made of. `end` is the last session where the settings name none. */
export function marketOf(settings: SimulatorSettings, end: Session): SimulatorOptions['market'] {
  const { bars, symbols, sessions, seed } = settings;
  return bars === undefined
    ? { symbols, sessions, seed, end: sessionOnOrBefore(settings.end ?? end) }
    : { file: resolve(bars) };
}

/** What the simulator is started with. Failure: `ConfigError` where a fault is not one. */
export function simulatorOptions(settings: SimulatorSettings, end: Session): SimulatorOptions {
  const { latency, jitter, rps, fault, seed } = settings;
  return {
    market: marketOf(settings, end),
    latencyMs: latency,
    jitterMs: jitter,
    rps,
    faults: parseFaults(fault),
    seed,
  };
}
