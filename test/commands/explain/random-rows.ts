import type { WrittenRow } from '../../../src/commands/explain/written-row.ts';
import { FACTOR_NAMES, FACTORS } from '../../../src/cross-section/factors.ts';
import { describeFeatures, describeRow, ROW_WIDTH } from '../../../src/features.ts';
import { layOutSeries } from '../../../src/series.ts';
import { Random } from '../../../src/simulator/random.ts';
import type { FeatureRow, RankedRow, Ranking } from '../../../src/types.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights, writeRow } from '../../../src/workers/classic.ts';
import { createRanking } from '../../support/rankings.ts';

/** What the scoring stage makes of random bars: calm and wild, rising and falling, many and few. */
export function randomFeatureRow(seed: number, weights: ClassicWeights = CLASSIC_WEIGHTS): FeatureRow {
  const random = new Random(seed, 'explain');
  const bars = random.uniform() < 0.2 ? 1 + Math.floor(random.uniform() * 60) : 260;
  const volatility = 0.002 + 0.05 * random.uniform() ** 2;
  const drift = (random.uniform() - 0.5) * volatility;
  const series = layOutSeries({ bars, from: 0, to: 30_000, flags: 0 });
  let close = 20;
  for (let bar = 0; bar < bars; bar++) {
    const open = close;
    close *= Math.exp(drift + volatility * (random.uniform() + random.uniform() - 1));
    series.session[bar] = 20_000 + bar;
    series.open[bar] = open;
    series.high[bar] = Math.max(open, close) * (1 + volatility * random.uniform());
    series.low[bar] = Math.min(open, close) * (1 - volatility * random.uniform());
    series.close[bar] = close;
    series.volume[bar] = 1e6 * Math.exp(2 * random.uniform());
  }
  const row = new Float64Array(ROW_WIDTH);
  writeRow(series, 0, bars, weights, row, 0);
  return row;
}

/** A random row as a ranking has it; every third without a composite. */
export function randomWrittenRow(
  seed: number,
  { symbol = `S${seed}`, rank = 1, weights = CLASSIC_WEIGHTS } = {},
): WrittenRow {
  const { composite, composite_signal, coverage, factors, contributions, ...row } = randomRankedRow(seed, {
    symbol,
    rank,
    weights,
  });
  return seed % 3 === 0 ? row : { ...row, composite, composite_signal, coverage, factors, contributions };
}

/** A ranking of random rows, as sinks take it. */
export function randomRanking(seeds: readonly number[]): Ranking {
  const rows = seeds.map((seed, index) => randomRankedRow(seed, { symbol: `S${seed}`, rank: index + 1 }));
  return { ...createRanking(0), rows, length: rows.length };
}

function randomRankedRow(
  seed: number,
  { symbol, rank, weights }: { symbol: string; rank: number; weights?: ClassicWeights },
): RankedRow {
  const row = randomFeatureRow(seed, weights);
  const percentiles = FACTOR_NAMES.map((_name, index) => ((seed * (index + 3)) % 101) + 0.5);
  const contributions = Object.fromEntries(
    FACTOR_NAMES.map((name, index) => [name, FACTORS[name].weight * percentiles[index]!]),
  );
  const [base] = createRanking(1).rows;
  return {
    ...base!,
    scan: 'scan "1", again',
    rank,
    symbol,
    ...describeRow(row),
    composite: Object.values(contributions).reduce((sum, points) => sum + points, 0),
    composite_signal: 'Avoid',
    coverage: 1,
    factors: Object.fromEntries(FACTOR_NAMES.map((name, index) => [name, percentiles[index]!])),
    contributions,
    features: describeFeatures(row),
  };
}
