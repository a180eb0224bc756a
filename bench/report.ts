/** The table of a scenario, on a terminal and as a page. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { VERSION } from '../src/version.ts';
import type { Samples } from './measure-contest.ts';
import { median } from './median.ts';
import type { Contest, Scenario, Target } from './scenarios/scenario.ts';

/** What came of a scenario. */
export interface Result {
  readonly scenario: Scenario;
  /** Rows of cells under `COLUMNS`; none where it was left out. */
  readonly rows: readonly (readonly string[])[];
  /** Why it was left out. */
  readonly missing?: string;
}

export const COLUMNS = [
  '',
  'median',
  'min–max',
  'rounds',
  'CPU ms',
  'RSS MB',
  'calls',
  '×',
  '× CPU',
  'target',
  'met',
] as const;

/** The rows of a scenario. `judged`: whether the sizes are those that the targets are for. */
export function rowsOf(
  { unit }: Scenario,
  { sides }: Contest,
  samples: Samples,
  judged: boolean,
): string[][] {
  const medianOf = (name: string, what: 'value' | 'cpuMs' | 'rssMb' | 'calls') => {
    const values = samples.get(name)!.flatMap((sample) => sample[what] ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  const names = Object.keys(sides);
  const first = medianOf(names[0]!, 'value')!;
  // Where the sides do not do the same amount of work, their CPU times are not to be compared.
  const firstCpuMs = unit === 'ms' ? medianOf(names[0]!, 'cpuMs') : undefined;
  const best = Math.min(
    ...names.flatMap((name) => (sides[name]!.isCounterpart ? [medianOf(name, 'value')!] : [])),
  );
  return names.map((name) => {
    const value = medianOf(name, 'value')!;
    const cpuMs = medianOf(name, 'cpuMs');
    const rssMb = medianOf(name, 'rssMb');
    const calls = medianOf(name, 'calls');
    const all = samples.get(name)!.map((sample) => sample.value);
    const { target = {} } = sides[name]!;
    const asked = textOf(target);
    const reached =
      within(value, target.most) &&
      within(rssMb, target.rssMb) &&
      within(calls, target.calls) &&
      within(value, target.ofFirst === undefined ? undefined : target.ofFirst * first) &&
      within(value, target.times === undefined ? undefined : best / target.times);
    return [
      name,
      number(value),
      `${number(Math.min(...all))}–${number(Math.max(...all))}`,
      `${all.length}`,
      number(cpuMs),
      number(rssMb),
      number(calls),
      times(value / first),
      cpuMs === undefined || firstCpuMs === undefined ? '' : times(cpuMs / firstCpuMs),
      asked,
      asked === '' ? '' : judged ? (reached ? 'yes' : 'no') : 'not judged',
    ];
  });
}

/** As a table on a terminal. */
export function textOfResult({ scenario, rows, missing }: Result): string {
  const title = `${scenario.name}: ${scenario.shows} (${scenario.unit})`;
  if (missing !== undefined) return `${title}\n  left out: ${missing}\n`;
  const table = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) =>
      isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
  return `${title}\n${table.map((cells) => `  ${line(cells).join('  ').trimEnd()}\n`).join('')}`;
}

/** The page `docs/benchmarks.md`. */
export function pageOf(results: readonly Result[], { suite, date }: { suite: string; date: string }): string {
  const [{ model = 'unknown CPU' } = {}] = cpus();
  return `<!-- Written by \`npm run bench\`. -->

# Benchmarks

${model.trim()}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; Node.js ${process.versions.node}; tapescan ${VERSION}; ${date}; suite \`${suite}\`.

    npm run bench                    # minutes; writes this page
    npm run bench -- --full          # everything, up to a million symbols
    npm run bench -- --only cold     # scenarios with that in their name; writes nothing

Milliseconds of one machine mean little: what counts is the ratio of programs that ran in turn, on the same machine,
against the same provider. Whole programs are the packaged command, from start to exit; the provider is
\`tapescan simulate\` in a process of its own **on the same cores**, which makes each answer anew and counts the calls. CPU is
user and system time of all threads and children, without the provider; RSS the peak of resident memory. × is the time as a
multiple of the first line, × CPU the same of the CPU time, which other work on the machine disturbs less. The straightforward scan (\`bench/baseline/straightforward-scan.ts\`) is the one that one would
write in an afternoon: so many requests at once, \`fetch\`, \`JSON.parse\`, a library of indicators, sort, NDJSON. It does less
(a dozen indicators, no receipts, no calendar); where both have a number (\`sma_20\`, \`rsi_14\`), it is checked to be the same.
${results.map(sectionOf).join('')}`;
}

function sectionOf({ scenario, rows, missing }: Result): string {
  const head = `\n## ${scenario.name}\n\n${scenario.shows}. In ${scenario.unit}.\n\n`;
  if (missing !== undefined) return `${head}Left out: ${missing}\n`;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rule = line(COLUMNS.map((_, column) => (isText(column) ? '---' : '---:')));
  return (
    head +
    line(COLUMNS) +
    rule +
    rows.map((cells) => line(cells.map((cell) => cell.replaceAll('|', '\\|')))).join('')
  );
}

/** Whether a column has words in it. */
function isText(column: number): boolean {
  return column === 0 || column >= COLUMNS.indexOf('target');
}

function textOf({ most, rssMb, calls, times, ofFirst }: Target): string {
  return [
    most !== undefined && `≤ ${number(most)}`,
    rssMb !== undefined && `≤ ${rssMb} MB`,
    calls !== undefined && `≤ ${calls} calls`,
    times !== undefined && `≥ ${times} × the best counterpart`,
    ofFirst !== undefined && `≤ ${ofFirst} × the first`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

function within(value: number | undefined, bound: number | undefined): boolean {
  return bound === undefined || (value !== undefined && value <= bound);
}

function times(ratio: number): string {
  return ratio.toFixed(ratio < 9.95 ? 2 : 0);
}

/** Three digits are what a measurement is good for. */
function number(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}
