import { describe, expect, it } from 'vitest';
import { FaultDraws, parseFaults } from '../../src/simulator/faults.ts';

describe('parseFaults', () => {
  it('reads rates by kind', () => {
    expect(parseFaults(['429=0.02', 'wrong-symbol=1e-3', 'hang=0'])).toEqual({
      '429': 0.02,
      'wrong-symbol': 0.001,
      hang: 0,
    });
  });

  it('reports every problem together', () => {
    const texts = [
      'reset=0.7',
      'reset=0.1',
      'flood=0.1',
      'slow=2',
      'html',
      'empty=',
      'hang=0.1=1',
      '500=0.7',
    ];
    expect(() => parseFaults(texts)).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        problems: [
          'Expected fault `reset` once, got it again as `reset=0.1`',
          expect.stringContaining('Expected a fault to be one of 429, 500, 429-retry-after,'),
          'Expected fault `slow` to have a rate from 0 to 1 (`slow=0.02`), got `slow=2`',
          'Expected fault `html` to have a rate from 0 to 1 (`html=0.02`), got `html`',
          'Expected fault `empty` to have a rate from 0 to 1 (`empty=0.02`), got `empty=`',
          'Expected fault `hang` to have a rate from 0 to 1 (`hang=0.02`), got `hang=0.1=1`',
          'Expected the rates of faults to add up to at most 1, got 1.4',
        ],
      }),
    );
  });
});

describe('FaultDraws', () => {
  const paths = Array.from({ length: 5000 }, (_, index) => `/path/${index}`);

  it('draws the same for a path whatever the order of arrival', () => {
    const one = new FaultDraws(7, { '429': 0.3, slow: 0.2 });
    const other = new FaultDraws(7, { '429': 0.3, slow: 0.2 });
    const forwards = paths.map((path) => one.next(path));
    const backwards = paths.toReversed().map((path) => other.next(path));
    expect(backwards.toReversed()).toEqual(forwards);
  });

  it('draws at the rates asked for', () => {
    const draws = new FaultDraws(7, { '429': 0.3, slow: 0.2 });
    const drawn = paths.map((path) => draws.next(path).fault);
    expect(drawn.filter((fault) => fault === '429').length / paths.length).toBeCloseTo(0.3, 1);
    expect(drawn.filter((fault) => fault === 'slow').length / paths.length).toBeCloseTo(0.2, 1);
    expect(drawn.filter((fault) => fault === undefined).length / paths.length).toBeCloseTo(0.5, 1);
  });

  it('draws afresh for a retry', () => {
    const draws = new FaultDraws(7, { '500': 0.5 });
    const first = paths.map((path) => draws.next(path).fault);
    const second = paths.map((path) => draws.next(path).fault);
    const again = first.filter((fault, index) => fault === '500' && second[index] === '500');
    expect(again.length / paths.length).toBeCloseTo(0.25, 1);
  });
});
