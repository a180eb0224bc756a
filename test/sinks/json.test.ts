import { describe, expect, it } from 'vitest';
import { json } from '../../src/sinks/json.ts';
import { jsonLines } from '../../src/sinks/json-lines.ts';
import { createRanking } from '../support/rankings.ts';

describe.each([
  ['json', json],
  ['jsonLines', jsonLines],
])('%s', (_, format) => {
  it('makes rows as they are written, a chunk at a time', () => {
    const ranking = createRanking(10_000);
    let made = 0;
    const rows = {
      *[Symbol.iterator]() {
        for (const row of ranking.rows) {
          made++;
          yield row;
        }
      },
    };
    const [first] = format({ ...ranking, rows });
    expect(first!.length).toBeLessThan(70_000);
    expect(made).toBeLessThan(150);
  });

  it('puts a row on a line of its own', () => {
    const lines = [...format(createRanking(3))].join('').split('\n');
    expect(lines.filter((line) => line.includes('"type":"ranked"'))).toHaveLength(3);
  });
});
