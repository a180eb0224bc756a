import { describe, expect, it } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { Stop, skippedBy } from '../../src/state/stop.ts';
import { entryOf } from '../support/entries.ts';

describe('Stop', () => {
  it('keeps the first reason, with its cause', () => {
    const stop = new Stop();
    expect([stop.reason, stop.cause]).toEqual([undefined, undefined]);
    const cause = new LostGroundError('no thread');
    stop.stop('ground-lost', cause);
    stop.stop('deadline', new Error('later'));
    expect([stop.reason, stop.cause]).toEqual(['ground-lost', cause]);
  });

  it('calls back once, and only who still listens', () => {
    const stop = new Stop();
    const called: string[] = [];
    const gone = () => called.push('gone');
    stop.onStop(() => called.push(`here: ${stop.reason}`));
    stop.onStop(gone);
    stop.offStop(gone);
    stop.stop('interrupted');
    stop.stop('interrupted');
    expect(called).toEqual(['here: interrupted']);
  });

  it('calls back at once where it has stopped', () => {
    const stop = new Stop();
    stop.stop('deadline');
    let called = 0;
    stop.onStop(() => called++);
    expect(called).toBe(1);
  });

  it('bears listeners that come and go while it calls back', () => {
    const stop = new Stop();
    const called: string[] = [];
    const second = () => called.push('second');
    stop.onStop(() => {
      called.push('first');
      stop.offStop(second);
      stop.onStop(() => called.push('third'));
    });
    stop.onStop(second);
    stop.stop('deadline');
    expect(called).toEqual(['first', 'third']);
  });

  it('skips an entry with its reason', () => {
    const stop = new Stop();
    stop.stop('deadline');
    expect(skippedBy(stop, entryOf('A'))).toEqual({
      kind: 'skipped',
      entry: entryOf('A'),
      reason: 'deadline',
    });
  });
});
