import { from, lastValueFrom, mergeMap, Subject, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ScanError, type SymbolErrorCode } from '../../src/errors.ts';
import { type RetryTransientOptions, retryTransient } from '../../src/operators/retry-transient.ts';
import { RetryBudget } from '../../src/state/retry-budget.ts';
import { Stop } from '../../src/state/stop.ts';
import type { Entry, Traveller } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

const failure = (entry: Entry, code: SymbolErrorCode, retryAfterMs?: number): Traveller => ({
  kind: 'failed',
  entry,
  error: new ScanError(code, code, { stage: 'fetch', retryAfterMs }),
});
const success = (entry: Entry): Traveller => ({ kind: 'filtered', entry, rules: ['seen'] });
const missing = (symbol: string): Traveller => ({ kind: 'missing', entry: entryOf(symbol) });

/** Runs symbols through a stage that answers by symbol and number of the attempt. */
async function run(
  symbols: readonly string[],
  answer: (entry: Entry, attempt: number) => Traveller,
  options: Partial<RetryTransientOptions> = {},
) {
  const attempts = new Map<string, number>();
  const stage = mergeMap(async ({ entry }: Traveller) => {
    const attempt = (attempts.get(entry.symbol) ?? 0) + 1;
    attempts.set(entry.symbol, attempt);
    await new Promise(setImmediate);
    return answer(entry, attempt);
  });
  const outcomes = await lastValueFrom(
    from(symbols.map(missing)).pipe(
      retryTransient(stage, { stop: new Stop(), baseMs: 1, ...options }),
      toArray(),
    ),
  );
  return { attempts, outcomes: outcomes.map(({ kind, entry }) => `${entry.symbol} ${kind}`).sort() };
}

describe('retryTransient', () => {
  it('asks again where the failure is transient, until there is an answer', async () => {
    const { attempts, outcomes } = await run(['A', 'B'], (entry, attempt) =>
      entry.symbol === 'A' && attempt < 4 ? failure(entry, 'server-error') : success(entry),
    );
    expect(outcomes).toEqual(['A filtered', 'B filtered']);
    expect(attempts).toEqual(
      new Map([
        ['A', 4],
        ['B', 1],
      ]),
    );
  });

  it('does not ask again where asking cannot help', async () => {
    const { attempts, outcomes } = await run(['A'], (entry) => failure(entry, 'unauthorized'));
    expect(outcomes).toEqual(['A failed']);
    expect(attempts.get('A')).toBe(1);
  });

  it('gives up after the last attempt', async () => {
    const { attempts, outcomes } = await run(['A'], (entry) => failure(entry, 'malformed'), { attempts: 3 });
    expect(outcomes).toEqual(['A failed']);
    expect(attempts.get('A')).toBe(3);
  });

  it('gives up when the time of the symbol is used up', async () => {
    const { attempts } = await run(
      ['A'],
      (entry) => ({ ...failure(entry, 'timed-out'), ms: 400 }) as Traveller,
      {
        attempts: 20,
        symbolTimeoutMs: 1000,
      },
    );
    // 400, 800, and with the third call more than 1,000.
    expect(attempts.get('A')).toBe(3);
  });

  it('waits as long as the provider says, and does not count that attempt', async () => {
    const waits: number[] = [];
    const { attempts, outcomes } = await run(
      ['A'],
      (entry, attempt) => (attempt <= 6 ? failure(entry, 'rate-limited', 3) : success(entry)),
      { attempts: 2, onRetry: (_error, delayMs) => waits.push(delayMs) },
    );
    expect(outcomes).toEqual(['A filtered']);
    expect(attempts.get('A')).toBe(7);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(3);
  });

  it('doubles the longest possible wait up to the cap', async () => {
    const waits: number[] = [];
    await run(['A'], (entry) => failure(entry, 'server-error'), {
      attempts: 6,
      baseMs: 2,
      capMs: 10,
      random: () => 1,
      onRetry: (_error, delayMs) => waits.push(delayMs),
    });
    expect(waits).toEqual([2, 4, 8, 10, 10]);
  });

  it('does not let waits grow where the provider is well, and counts what the attempt took', async () => {
    const waits: number[] = [];
    const options: Partial<RetryTransientOptions> = {
      attempts: 4,
      baseMs: 8,
      random: () => 1,
      isWell: () => true,
      onRetry: (_error, delayMs) => waits.push(delayMs),
    };
    await run(['A'], (entry) => failure(entry, 'server-error'), options);
    await run(['A'], (entry) => ({ ...failure(entry, 'server-error'), ms: 5 }) as Traveller, options);
    await run(['A'], (entry) => ({ ...failure(entry, 'timed-out'), ms: 50 }) as Traveller, options);
    expect(waits).toEqual([8, 8, 8, 3, 3, 3, 0, 0, 0]);
  });

  it('asks again as often as the budget of all has it, and then takes a failure for final', async () => {
    const symbols = Array.from({ length: 100 }, (_, index) => `S${index}`);
    const budget = new RetryBudget({ share: 0.2, floor: 5 });
    const { attempts, outcomes } = await run(symbols, (entry) => failure(entry, 'server-error'), { budget });
    expect(outcomes).toEqual(symbols.map((symbol) => `${symbol} failed`).sort());
    expect([...attempts.values()].reduce((sum, count) => sum + count)).toBe(125);
    expect(budget.spent).toBe(25);
  });

  it('takes nothing from the budget for what is refused for its rate', async () => {
    const budget = new RetryBudget({ share: 0, floor: 0 });
    const { outcomes } = await run(
      ['A', 'B'],
      (entry, attempt) =>
        attempt < 3 ? failure(entry, 'rate-limited', entry.symbol === 'A' ? 1 : undefined) : success(entry),
      { budget },
    );
    expect(outcomes).toEqual(['A filtered', 'B filtered']);
  });

  it('lets the symbols that wait leave as skipped when the scan stops', async () => {
    const stop = new Stop();
    const input = new Subject<Traveller>();
    const outcomes: Traveller[] = [];
    const done = new Promise<void>((resolve) => {
      input
        .pipe(
          retryTransient(
            mergeMap(async ({ entry }) => failure(entry, 'server-error')),
            {
              stop,
              baseMs: 1e6,
              capMs: 1e6,
              symbolTimeoutMs: 1e9,
              random: () => 1,
            },
          ),
        )
        .subscribe({ next: (outcome) => outcomes.push(outcome), complete: resolve });
    });
    input.next(missing('A'));
    input.complete();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(outcomes).toEqual([]);
    stop.stop('interrupted');
    await done;
    expect(outcomes).toEqual([{ kind: 'skipped', entry: entryOf('A'), reason: 'interrupted' }]);
  });
});
