import { delay, map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';
import { through } from '../../src/operators/through.ts';
import type { Traveller } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

const missing: Traveller = { kind: 'missing', entry: entryOf('AAA') };
const entered: Traveller = { kind: 'entered', entry: entryOf('BBB') };
const skipped: Traveller = { kind: 'skipped', entry: entryOf('CCC'), reason: 'duplicate' };
const filtered: Traveller = { kind: 'filtered', entry: entryOf('AAA'), rules: ['x'] };

it('sends the named kinds through the stage and the others past it, overtaking', () => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run(({ cold, expectObservable }) => {
    const stage = through(['missing'], (source) =>
      source.pipe(
        delay(5),
        map(({ entry }) => ({ kind: 'filtered', entry, rules: ['x'] }) as const),
      ),
    );
    const input = cold('   meso---|', { m: missing, e: entered, s: skipped, o: missing });
    expectObservable(input.pipe(stage)).toBe('-es--f--(f|)', { e: entered, s: skipped, f: filtered });
  });
});
