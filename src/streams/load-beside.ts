import type { BlockStore } from '../cache/block-store.ts';
import { LostGroundError, ScanError } from '../errors.ts';
import type { Beside } from '../operators/score-on.ts';
import { loadForming } from '../prefetch/load-forming.ts';
import { loadSplits } from '../prefetch/load-splits.ts';
import type { RetryCall } from '../prefetch/retry-call.ts';
import type { GroundCheck } from '../state/ground-check.ts';
import type { BarSource, History, Session } from '../types.ts';

export interface LoadBesideOptions {
  readonly source: BarSource;
  readonly store: BlockStore;
  readonly history: History;
  /** The session under way, where its bars are scored too. */
  readonly forming: Session | undefined;
  readonly call: RetryCall;
  /** Words what is lost without splits. */
  readonly ground: Pick<GroundCheck, 'withoutSplits'>;
}

/**
 * What is known of every symbol beside its series: its splits, and its bar of the session under way.
 *
 * Both are asked for at once. Failure: `LostGroundError`, as no symbol can be scored without. Holds: the splits of the
 * range, and a bar a symbol.
 */
export async function loadBeside({
  source,
  store,
  history: { from, to },
  forming,
  call,
  ground,
}: LoadBesideOptions): Promise<Beside> {
  const splits = loadSplits({ source, store, history: { from, to: forming ?? to }, call }).catch(
    (error: unknown) => {
      throw ground.withoutSplits(ScanError.from(error, 'fetch'));
    },
  );
  const today =
    forming === undefined
      ? undefined
      : loadForming(source, forming, call).catch((cause: unknown) => {
          throw LostGroundError.from(cause, 'The bars of the session under way cannot be had');
        });
  const [table, bars] = await Promise.all([splits, today]);
  return (symbol) => ({ splits: table.get(symbol), forming: bars?.get(symbol) });
}
