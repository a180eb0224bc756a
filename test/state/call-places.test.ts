import { describe, expect, it } from 'vitest';
import { CallPlaces, type Place } from '../../src/state/call-places.ts';

const LIMIT = 4;

/** So many calls that begin and are answered. */
function answer(places: CallPlaces, count: number): void {
  for (let index = 0; index < count; index++) places.leave(places.take(false), true, LIMIT);
}

describe('CallPlaces', () => {
  it('has as many places as the limit says', () => {
    const places = new CallPlaces(64);
    const taken: Place[] = [];
    while (places.hasPlace(LIMIT)) taken.push(places.take(false));
    expect(taken).toHaveLength(LIMIT);
    places.leave(taken[2]!, true, LIMIT);
    expect(places.hasPlace(LIMIT)).toBe(true);
    expect(places.hasPlace(LIMIT - 1)).toBe(false);
  });

  it('gives the place of a call that others have overtaken to somebody else, up to the ceiling', () => {
    const places = new CallPlaces(6);
    for (let count = 0; count < LIMIT - 1; count++) places.take(false);
    answer(places, 15);
    places.take(false);
    expect(places.hasPlace(LIMIT)).toBe(false);
    places.leave(places.take(false), true, LIMIT);
    // The first three are overtaken by now, the fourth is not.
    expect(places.hasPlace(LIMIT)).toBe(true);
    places.take(false);
    expect(places.hasPlace(LIMIT)).toBe(true);
    places.take(false);
    expect(places.taken).toBe(6);
    expect(places.hasPlace(LIMIT)).toBe(false);
  });

  it('takes nobody for overtaken where nobody is answered', () => {
    const places = new CallPlaces(64);
    for (let count = 0; count < LIMIT - 1; count++) places.take(false);
    for (let count = 0; count < 100; count++) places.leave(places.take(false), false, LIMIT);
    places.take(false);
    expect(places.hasPlace(LIMIT)).toBe(false);
  });

  it('tells at the end of a call whether it was overtaken', () => {
    const places = new CallPlaces(64);
    const [early, late] = [places.take(false), places.take(false)];
    answer(places, 15);
    expect(places.leave(late, false, LIMIT)).toBe(false);
    answer(places, 1);
    expect(places.leave(early, false, LIMIT)).toBe(true);
  });

  it('leaves most places to those who have not failed, and the rest to those who have', () => {
    const places = new CallPlaces(16);
    const first = places.take(true);
    expect(places.mayGoAgain(8, true)).toBe(true);
    places.take(true);
    expect(places.mayGoAgain(8, true)).toBe(false);
    expect(places.mayGoAgain(8, false)).toBe(true);
    while (places.mayGoAgain(16, false)) places.take(true);
    expect(places.taken).toBe(12);
    places.leave(first, true, 16);
    expect(places.mayGoAgain(16, false)).toBe(true);
  });

  it('lets one go again however few places there are', () => {
    expect(new CallPlaces(1).mayGoAgain(1, true)).toBe(true);
  });
});
