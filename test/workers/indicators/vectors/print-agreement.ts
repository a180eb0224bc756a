/**
 * Prints, for every indicator and library, the largest relative difference and how many values were compared.
 *
 *     node test/workers/indicators/vectors/print-agreement.ts
 */
import { INDICATORS } from '../../../../src/workers/indicators/index.ts';
import { type Comparison, comparable, largestDifference } from './comparison.ts';
import { compareSkender } from './skender.ts';
import { compareTalib, talibFiles } from './talib.ts';
import { compareTulip } from './tulip.ts';

const all = [...talibFiles().flatMap(compareTalib), ...compareSkender(), ...compareTulip()];

function cell(comparisons: readonly Comparison[]): string {
  const values = comparisons.reduce((sum, comparison) => sum + comparable(comparison).length, 0);
  if (values === 0) return '';
  const largest = Math.max(...comparisons.map(largestDifference));
  return `${largest === 0 ? '0' : largest.toExponential(1)} (${values})`;
}

process.stdout.write(
  '| indicator | TA-Lib | Skender | Tulip, beyond its printed digits |\n|---|---|---|---|\n',
);
for (const { id } of INDICATORS) {
  const cells = (['TA-Lib', 'Skender', 'Tulip'] as const).map((library) =>
    cell(all.filter((comparison) => comparison.id === id && comparison.library === library)),
  );
  process.stdout.write(`| ${id} | ${cells.join(' | ')} |\n`);
}
