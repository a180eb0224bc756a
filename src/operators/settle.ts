import type { OperatorFunction } from 'rxjs';
import { LostGroundError } from '../errors.ts';
import type { Credits } from '../state/credits.ts';
import type { Ledger } from '../state/ledger.ts';
import type { Ranker } from '../state/ranker.ts';
import type { Stop } from '../state/stop.ts';
import type { Outcome, ReceiptWriter, Traveller } from '../types.ts';
import { batchMap } from './batch-map.ts';

export interface SettleOptions {
  readonly ledger: Ledger;
  readonly ranker: Ranker;
  readonly receipts?: ReceiptWriter | undefined;
  readonly credits: Credits;
  readonly stop: Stop;
}

/**
 * Where every symbol leaves: it is counted, its receipt is written, its row goes to the ranker, and only then its
 * credit goes back.
 *
 * Order: kept. Failure: receipts that cannot be written stop the scan; the outcomes still leave and are counted.
 * Holds: what arrives while a batch of receipts is being written.
 */
export function settle({
  ledger,
  ranker,
  receipts,
  credits,
  stop,
}: SettleOptions): OperatorFunction<Traveller, Outcome> {
  let writer = receipts;
  return batchMap(
    async (travellers) => {
      const outcomes = travellers.map(asOutcome);
      for (const outcome of outcomes) {
        ledger.leave(outcome);
        if (outcome.kind === 'ranked') ranker.add(outcome.entry.symbol, outcome.row, outcome.entry.listing);
      }
      try {
        await writer?.write(outcomes);
      } catch (cause) {
        writer = undefined;
        stop.stop('ground-lost', LostGroundError.from(cause, 'The receipts cannot be written'));
      }
      credits.give(outcomes.length);
      return outcomes;
    },
    { size: 512 },
  );
}

function asOutcome(traveller: Traveller): Outcome {
  switch (traveller.kind) {
    case 'entered':
    case 'missing':
    case 'cached':
    case 'fetched':
    case 'fresh':
    case 'scored':
      throw new Error(`${traveller.entry.symbol} reached the end of the scan unfinished: ${traveller.kind}`);
    default:
      return traveller;
  }
}
