/** What came of a scenario, on a terminal and as a page. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { VERSION } from '../src/version.ts';
import { digits, timesText } from './digits.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { JudgedTarget, SideResult } from './side-results.ts';
import { type Column, markdownOfTable, type Table, textOfTable } from './table.ts';

/** What came of a scenario. */
export interface Result {
  readonly scenario: Pick<Scenario, 'name' | 'shows' | 'unit'>;
  /** None where it was left out. */
  readonly sides: readonly SideResult[];
  /** What else its rounds showed. */
  readonly detail?: Table | undefined;
  /** Why it was left out. */
  readonly missing?: string;
}

const COLUMNS: readonly Column[] = [
  { heading: '', isText: true },
  ...['median', 'min–max', 'rounds', 'CPU ms', 'RSS MB', 'calls', '×', '× CPU'].map((heading) => ({
    heading,
  })),
  { heading: 'target', isText: true },
  { heading: 'met', isText: true },
];

const TARGET_COLUMNS: readonly Column[] = ['scenario', 'side', 'median', 'target', 'met', 'why not'].map(
  (heading) => ({ heading, isText: true }),
);

const FLOOR_COLUMNS: readonly Column[] = [
  { heading: 'scenario', isText: true },
  { heading: 'side', isText: true },
  { heading: 'median' },
  { heading: 'its floor', isText: true },
  { heading: 'median' },
  { heading: 'side ÷ floor' },
];

/** What the machine that the targets were set on takes, by the side that says what this one does. */
const TARGET_MACHINE = [
  { side: 'floor: bare Node.js', ms: 25 },
  { side: 'memory summed', ms: 2.4 },
] as const;

/** As a table on a terminal. */
export function textOfResult({ scenario, sides, detail, missing }: Result): string {
  const title = `${scenario.name}: ${scenario.shows} (${scenario.unit})`;
  if (missing !== undefined) return `${title}\n  left out: ${missing}\n`;
  const distances = distancesOf(sides).map((distance) => `  ${distance}\n`);
  const more = detail === undefined ? '' : `\n${textOfTable(detail)}`;
  return `${title}\n${textOfTable(tableOf(sides))}${distances.join('')}${more}`;
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
\`tapescan simulate\` in a process of its own **on the same cores**, which gives answers again that it gave before, and counts
the calls. CPU is user and system time of all threads and children, without the provider; RSS the peak of resident memory. ×
is the time as a multiple of the first line, × CPU the same of the CPU time, which other work on the machine disturbs less.
The straightforward scan (\`bench/baseline/straightforward-scan.ts\`) is the one that one would write in an afternoon: so many
requests at once, \`fetch\`, \`JSON.parse\`, a library of indicators, sort, NDJSON. It does less (a dozen indicators, no
receipts, no calendar); where both have a number (\`sma_20\`, \`rsi_14\`), it is checked to be the same.
${targetsOf(results)}${floorsOf(results)}${results.map(sectionOf).join('')}`;
}

function sectionOf({ scenario, sides, detail, missing }: Result): string {
  const head = `\n## ${scenario.name}\n\n${scenario.shows}. In ${scenario.unit}.\n\n`;
  if (missing !== undefined) return `${head}Left out: ${missing}\n`;
  const distances = distancesOf(sides);
  const floors = distances.length === 0 ? '' : `${distances.join('; ')}.\n\n`;
  const more = detail === undefined ? '' : `\n${markdownOfTable(detail)}`;
  return `${head}${floors}${markdownOfTable(tableOf(sides))}${more}`;
}

/** Every target in one place. */
function targetsOf(results: readonly Result[]): string {
  const rows = results.flatMap(({ scenario, sides }) =>
    sides.flatMap(({ name, target }) =>
      target === undefined
        ? []
        : [
            [
              scenario.name,
              name,
              target.measured,
              target.asked,
              metText(target),
              (target.isMet === false && target.why) || '',
            ],
          ],
    ),
  );
  if (rows.length === 0) return '';
  const head = `\n## Targets\n\nWhat is meant to be reached, and what was, by medians.${comparedMachine(results)}\n\n`;
  return head + markdownOfTable({ columns: TARGET_COLUMNS, rows });
}

/** How the machine compares with the one that the targets were set on, where that was measured. */
function comparedMachine(results: readonly Result[]): string {
  const [start, sum] = TARGET_MACHINE.map(({ side }) =>
    results.flatMap(({ sides }) => sides).find(({ name }) => name === side),
  );
  if (start === undefined || sum === undefined) return '';
  const [theirStart, theirSum] = TARGET_MACHINE.map(({ ms }) => ms);
  return ` They were set on a machine that starts bare Node.js in ${theirStart} ms and
sums 72 MB in ${theirSum} ms; this one takes ${digits(start.value)} and ${digits(sum.value)} ms.`;
}

/** Every floor in one place. */
function floorsOf(results: readonly Result[]): string {
  const rows = results.flatMap(({ scenario: { name: scenario, unit }, sides }) =>
    sides.flatMap(({ name, value, floor }) =>
      floor === undefined
        ? []
        : [
            [
              scenario,
              name,
              `${digits(value)} ${unit}`,
              floor.names.map(withoutPrefix).join(' + '),
              `${digits(floor.value)} ${unit}`,
              timesText(value / floor.value),
            ],
          ],
    ),
  );
  if (rows.length === 0) return '';
  const head =
    '\n## Stages and their floors\n\nA floor is what nothing that does the same can be faster than on this machine; of several parts, one after the other.\n\n';
  return head + markdownOfTable({ columns: FLOOR_COLUMNS, rows });
}

/** How far each side is from its floor. */
function distancesOf(sides: readonly SideResult[]): string[] {
  return sides.flatMap(({ name, value, floor }) =>
    floor === undefined ? [] : [`${name}: ${timesText(value / floor.value)} × its floor`],
  );
}

function withoutPrefix(name: string): string {
  return name.replace(/^floor: /, '');
}

function tableOf(sides: readonly SideResult[]): Table {
  const rows = sides.map(
    ({ name, value, least, most, rounds, cpuMs, rssMb, calls, times, timesCpu, target }) => [
      name,
      digits(value),
      `${digits(least)}–${digits(most)}`,
      `${rounds}`,
      digits(cpuMs),
      digits(rssMb),
      digits(calls),
      timesText(times),
      timesCpu === undefined ? '' : timesText(timesCpu),
      target?.asked ?? '',
      metText(target),
    ],
  );
  return { columns: COLUMNS, rows };
}

function metText(target: JudgedTarget | undefined): string {
  if (target === undefined) return '';
  return target.isMet === undefined ? 'not judged' : target.isMet ? 'yes' : 'no';
}
