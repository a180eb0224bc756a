import { fc, test } from '@fast-check/vitest';
import { from, map, mergeMap, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ScanError, SYMBOL_ERRORS, type SymbolErrorCode } from '../../src/errors.ts';
import { retryTransient } from '../../src/operators/retry-transient.ts';
import { RetryBudget } from '../../src/state/retry-budget.ts';
import { Stop } from '../../src/state/stop.ts';
import type { Entry, Traveller } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

/** What a stage answers at one attempt: a failure, with or without a time to wait, or a success. */
type Answer = { readonly code: SymbolErrorCode; readonly retryAfterMs?: number | undefined } | 'success';

const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.constant<Answer>('success'),
  fc.record({
    code: fc.constantFrom(...(Object.keys(SYMBOL_ERRORS) as SymbolErrorCode[])),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  }),
);
/** The answers to a symbol, attempt by attempt; after the last one it succeeds. */
const symbols = fc.array(fc.array(answer, { maxLength: 5 }), { maxLength: 40, size: 'max' });

const AT = ['never', 'before', 'attempt', 'retry', 'outcome'] as const;

interface Situation {
  readonly answers: readonly (readonly Answer[])[];
  readonly attempts: number;
  readonly isSynchronous: boolean;
  /** The scan is stopped at the so-manieth of these events. */
  readonly stopAt: (typeof AT)[number];
  readonly stopAfter: number;
}

/** Runs a stage with these answers to its end. */
async function run({ answers, attempts, isSynchronous, stopAt, stopAfter }: Situation) {
  const entries = answers.map((_, index) => entryOf(`S${index}`, index + 1));
  const asked = new Map<Entry, number>();
  const respond = ({ entry }: Traveller): Traveller => {
    const attempt = asked.get(entry) ?? 0;
    asked.set(entry, attempt + 1);
    const said = answers[entry.line - 1]![attempt] ?? 'success';
    if (said === 'success') return { kind: 'filtered', entry, rules: ['seen'] };
    const { code, retryAfterMs } = said;
    return { kind: 'failed', entry, error: new ScanError(code, code, { stage: 'fetch', retryAfterMs }) };
  };
  const stage: OperatorFunction<Traveller, Traveller> = isSynchronous
    ? map(respond)
    : mergeMap(async (traveller) => {
        await new Promise(setImmediate);
        return respond(traveller);
      }, 3);

  const stop = new Stop();
  const events = { never: 0, before: 0, attempt: 0, retry: 0, outcome: 0 };
  const happens = (event: (typeof AT)[number]) => {
    if (event === stopAt && events[event]++ === stopAfter) stop.stop('interrupted');
  };
  if (stopAt === 'before') stop.stop('interrupted');
  const outcomes: Traveller[] = [];
  await new Promise<void>((resolve, reject) => {
    from(entries.map((entry): Traveller => ({ kind: 'missing', entry })))
      .pipe(
        retryTransient(stage, {
          stop,
          attempts,
          // The answers alone are to decide.
          budget: new RetryBudget({ floor: 1000 }),
          baseMs: 1,
          capMs: 2,
          onAttempt: () => happens('attempt'),
          onRetry: () => happens('retry'),
        }),
      )
      .subscribe({
        next: (outcome) => {
          outcomes.push(outcome);
          happens('outcome');
        },
        error: reject,
        complete: resolve,
      });
  });
  return { entries, outcomes, asked };
}

const situation = fc.record({
  answers: symbols,
  attempts: fc.integer({ min: 1, max: 4 }),
  isSynchronous: fc.boolean(),
  stopAt: fc.constantFrom(...AT),
  stopAfter: fc.nat({ max: 40 }),
});

describe('retryTransient', () => {
  test.prop([situation], { numRuns: 150 })(
    'lets every symbol out exactly once, whatever the answers and whenever the scan stops',
    async (each) => {
      const { entries, outcomes } = await run(each);
      expect(outcomes.map(({ entry }) => entry.line).sort((a, b) => a - b)).toEqual(
        entries.map(({ line }) => line),
      );
    },
  );

  test.prop([situation.map((each) => ({ ...each, stopAt: 'never' as const }))], { numRuns: 50 })(
    'makes of each symbol what its answers say',
    async (each) => {
      const { outcomes, asked } = await run(each);
      for (const { kind, entry } of outcomes) {
        const answers = [...each.answers[entry.line - 1]!, 'success' as const];
        let counted = 0;
        const last = answers.findIndex((said) => {
          if (said === 'success' || !SYMBOL_ERRORS[said.code].retryable) return true;
          return said.retryAfterMs === undefined && ++counted === each.attempts;
        });
        expect([asked.get(entry), kind]).toEqual([
          last + 1,
          answers[last] === 'success' ? 'filtered' : 'failed',
        ]);
      }
    },
  );

  // It is the last one inside, and what it is told to may end the stream before it has left.
  it.each(['attempt', 'retry'] as const)('keeps a symbol whose %s stops the scan', async (stopAt) => {
    const answers: Answer[] = [{ code: 'server-error' }, { code: 'server-error' }];
    const situation = { answers: [answers], attempts: 3, isSynchronous: true, stopAt, stopAfter: 1 };
    expect((await run(situation)).outcomes).toHaveLength(1);
  });
});
