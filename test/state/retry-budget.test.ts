import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../src/state/retry-budget.ts';

describe('RetryBudget', () => {
  test.prop([
    fc.array(fc.constantFrom('earn', 'spend'), { maxLength: 500, size: 'max' }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat({ max: 20 }),
  ])('allows as much as there is at any time, and never more', (events, share, floor) => {
    const budget = new RetryBudget({ share, floor });
    let attempts = 0;
    let spent = 0;
    for (const event of events) {
      if (event === 'earn') {
        attempts++;
        budget.earn();
        continue;
      }
      const isAllowed = spent + 1 <= floor + share * attempts;
      expect(budget.spend()).toBe(isAllowed);
      if (isAllowed) spent++;
    }
    expect(budget.spent).toBe(spent);
    expect(budget.spent + budget.refused).toBe(events.filter((event) => event === 'spend').length);
  });

  it('has a hundred, and a fifth of the first attempts', () => {
    const budget = new RetryBudget();
    for (let attempt = 0; attempt < 1000; attempt++) budget.earn();
    while (budget.spend());
    expect(budget.spent).toBe(300);
  });
});
