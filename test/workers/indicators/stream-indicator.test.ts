import { describe, expect, it } from 'vitest';
import { ema } from '../../../src/workers/indicators/ema.ts';
import { sma } from '../../../src/workers/indicators/sma.ts';
import { streamIndicator } from '../../../src/workers/indicators/stream-indicator.ts';

describe('streamIndicator', () => {
  it('refuses a correction before there is a bar', () => {
    const stream = streamIndicator(sma);
    expect(() => stream.correct(1, 1, 1, 1, 1)).toThrow(
      new RangeError('Expected a bar of sma to correct, got none'),
    );
  });

  it('reads NaN before the first bar and while warming up', () => {
    const stream = streamIndicator(sma, { period: 2 });
    expect(stream.values).toStrictEqual({ sma: Number.NaN });
    stream.next(1, 1, 1, 1, 1);
    expect(stream.values).toStrictEqual({ sma: Number.NaN });
    stream.next(3, 3, 3, 3, 1);
    expect(stream.values).toStrictEqual({ sma: 2 });
  });

  it('forgets what was corrected, as often as it is', () => {
    const stream = streamIndicator(ema, { period: 1 });
    stream.next(5, 5, 5, 5, 1);
    for (const close of [7, 1000, Number.NaN, 9]) {
      stream.correct(5, 9, 5, close, 1);
      expect(stream.values.ema).toBe(close);
    }
    const average = streamIndicator(sma, { period: 3 });
    for (const close of [1, 2, 3]) {
      average.next(close, close, close, 1e9, 1);
      average.correct(close, close, close, close, 1);
    }
    expect(average.values).toStrictEqual({ sma: 2 });
  });
});
