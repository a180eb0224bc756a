import { expect, it } from 'vitest';
import { viewSeries } from '../../../src/series.ts';
import { DECODERS } from '../../../src/workers/decoders/index.ts';
import { seriesOf } from '../../support/series.ts';

const history = { from: 17_000, to: 17_100, bars: 40 };

it('a page that is a series already is what it decodes to', () => {
  const series = seriesOf({ bars: 7 });
  expect(DECODERS.series([series], 'AAPL', history)).toBe(series);
});

it('no page is a series without bars, of the history that was asked for', () => {
  expect(viewSeries(DECODERS.series([], 'AAPL', history))).toMatchObject({
    bars: 0,
    from: 17_000,
    to: 17_100,
    flags: 0,
  });
});
