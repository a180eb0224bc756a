/**
 * tapescan as a library: the same scan that the command runs, as an observable of outcomes with the ranking at its
 * end.
 */
export { openDiskStore } from './cache/disk.ts';
export { createMemoryStore } from './cache/memory.ts';
export { tier } from './cache/tiered.ts';
export { lastCompletedSession } from './calendar/nyse.ts';
export { ConfigError, LostGroundError, ScanError } from './errors.ts';
export { COLUMN, describeFeatures, describeRow, FEATURES } from './features.ts';
export { formatSession, parseSession } from './session.ts';
export { createPolygonSource } from './sources/polygon.ts';
export { runScan as scan, type ScanEvent } from './streams/run-scan.ts';
export type { ScanOptions } from './streams/scan-options.ts';
export { startTrace, type Trace, type TraceResult } from './trace/start-trace.ts';
export type { Tracer } from './trace/tracer.ts';
export type {
  BarSource,
  Entry,
  FeatureRow,
  History,
  Outcome,
  Payload,
  RankedRow,
  Ranking,
  ReceiptWriter,
  SeriesStore,
  Signal,
  Summary,
} from './types.ts';
