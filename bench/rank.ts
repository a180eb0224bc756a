/**
 * Ranking 6,000 scored symbols: taken in, compared with each other, put in order, and each made the object that a sink takes;
 * ms, medians of interleaved rounds.
 *
 * The floor is what no ranking does without: its ratings and the columns of its percentiles sorted, and objects with as much
 * in them.
 *
 *     node bench/rank.ts [--rounds 15]
 */
import { parseArgs } from 'node:util';
import { CrossSection } from '../src/cross-section/cross-section.ts';
import { FACTORS, type Factor } from '../src/cross-section/factors.ts';
import { COLUMN } from '../src/features.ts';
import { Ranker } from '../src/state/ranker.ts';
import type { RankedRow } from '../src/types.ts';
import { marketRows } from './market-rows.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';
import { timeInTurn } from './time-in-turn.ts';

const SYMBOLS = 6000;
const WARM_UP = 5;
const { values: asked } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });

const scored = marketRows(SYMBOLS);

function ranking(): Iterable<RankedRow> {
  const population = new CrossSection();
  const ranker = new Ranker({ population });
  for (const { symbol, row } of scored) {
    population.add(row);
    ranker.add(symbol, row);
  }
  return ranker.rows('bench');
}

const ratings = Float64Array.from(scored, ({ row }) => row[COLUMN.rating]!);
const columns = Object.values<Factor>(FACTORS)
  .flatMap(({ quantities }) => quantities)
  .map(({ of }) => Float64Array.from(scored, ({ row }) => of(row)));
const rows = [...ranking()];

const ways = {
  'in order': () => {
    // The first row is made once all of them are in order.
    const [first] = ranking();
    if (first!.symbol !== rows[0]!.symbol) throw new Error(`${first!.symbol} came first`);
  },
  rows: () => {
    let ranked = 0;
    for (const { rank } of ranking()) ranked = rank;
    if (ranked !== SYMBOLS) throw new Error(`${ranked} of ${SYMBOLS} were ranked`);
  },
  'floor: ratings': () => {
    Uint32Array.from(ratings.keys()).sort((a, b) => ratings[b]! - ratings[a]!);
  },
  'floor: columns': () => {
    for (const values of columns) values.slice().sort();
  },
  'floor: objects': () => {
    let ranked = 0;
    for (const row of rows) ranked = copied(row).rank;
    if (ranked !== SYMBOLS) throw new Error(`${ranked} of ${SYMBOLS} were copied`);
  },
};

/** As many objects with as many fields. */
function copied(row: RankedRow): RankedRow {
  return {
    ...row,
    factors: { ...row.factors },
    contributions: { ...row.contributions },
    plan: row.plan && { ...row.plan },
    features: { ...row.features },
  };
}

const times = await timeInTurn(ways, { rounds: Number(asked.rounds), warmUp: WARM_UP });
console.log(`${SYMBOLS} symbols, ${columns.length} columns of percentiles`);
for (const [name, values] of Object.entries(times)) {
  console.log(`${name.padEnd(16)} ${median(values).toFixed(2).padStart(8)} ms`);
}
tellFigures(times);
