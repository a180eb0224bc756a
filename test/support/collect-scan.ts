import { runScan } from '../../src/streams/run-scan.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { Outcome, Ranking } from '../../src/types.ts';

/** Everything that a scan said, to its end. */
export interface CollectedScan {
  readonly outcomes: readonly Outcome[];
  readonly ranking: Ranking | undefined;
  /** What it failed with, where it did. */
  readonly error: unknown;
}

/** Runs a scan to its end, whichever that is. `onOutcome` is told how many outcomes there have been. */
export function collectScan(
  options: ScanOptions,
  onOutcome: (count: number) => void = () => {},
): Promise<CollectedScan> {
  const outcomes: Outcome[] = [];
  let ranking: Ranking | undefined;
  return new Promise((resolve) => {
    runScan(options).subscribe({
      next: (event) => {
        if (event.kind === 'ranking') ranking = event.ranking;
        else onOutcome(outcomes.push(event));
      },
      error: (error: unknown) => resolve({ outcomes, ranking, error }),
      complete: () => resolve({ outcomes, ranking, error: undefined }),
    });
  });
}
