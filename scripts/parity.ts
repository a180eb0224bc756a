/**
 * Compares a scan with an oracle: `npm run parity -- BARS ORACLE`.
 *
 * BARS is a CSV file (.gz too) of `symbol,date,open,high,low,close,volume`; it is served over HTTP and scanned. ORACLE
 * is a CSV file (.gz too) with the original's numbers at one session: symbol, bars, last_session,
 * passes_basic_filters, TrendScore, …, TechRating_raw, TechRating, Signal, RiskScore. Every symbol of 26 bars or more
 * must have the same rating, raw rating, subscores, risk, signal and verdict of the rules on data. Exits with 1 where
 * one differs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { RULE_NAMES } from '../src/rules.ts';
import { printed, startSimulatorProcess, tapescan } from './support/tapescan.ts';

const TOLERANCE = 1e-9;
/** With fewer bars the original switches to other formulas. */
const MIN_BARS = 26;

/** Column of the oracle, and field of a receipt. */
const NUMBERS = [
  ['TrendScore', 'trend'],
  ['MomentumScore', 'momentum'],
  ['VolumeScore', 'volume'],
  ['VolatilityScore', 'volatility'],
  ['OscillatorScore', 'oscillator'],
  ['BreakoutScore', 'breakout'],
  ['TechRating_raw', 'raw'],
  ['TechRating', 'rating'],
  ['RiskScore', 'risk'],
] as const;

const OTHER_RULES = RULE_NAMES.filter(
  (name) => !['short-history', 'low-price', 'thin-trading', 'erratic-price'].includes(name),
);

type Row = Readonly<Record<string, string>>;
type Receipt = Readonly<Record<string, unknown>> & {
  readonly symbol: string;
  readonly rules?: readonly string[];
};

const [bars, oracle] = process.argv.slice(2);
if (bars === undefined || oracle === undefined) {
  console.error('Usage: npm run parity -- BARS ORACLE');
  process.exit(78);
}

const expected = readCsv(oracle);
const asOf = expected
  .map(({ last_session }) => last_session!)
  .sort()
  .at(-1)!;
const symbols = await printed(['simulate', '--bars', bars, '--list']);
const folder = mkdtempSync(join(tmpdir(), 'tapescan-parity-'));
const simulator = await startSimulatorProcess(['--bars', bars]);
try {
  const receiptsFile = join(folder, 'receipts.ndjson');
  const { code, seconds } = await tapescan(
    [
      'scan',
      '--polygon-url',
      simulator.url,
      '--as-of',
      asOf,
      '--no-cache',
      // The original takes the last bars there are, and has these rules on data and no others.
      '--slack',
      '65',
      ...OTHER_RULES.flatMap((rule) => ['--rule', `${rule}=off`]),
      '--out',
      '/dev/null',
      '--receipts',
      receiptsFile,
    ],
    symbols,
  );
  const receipts = new Map(
    readFileSync(receiptsFile, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Receipt)
      .map((receipt) => [receipt.symbol, receipt]),
  );
  console.log(
    `scanned ${receipts.size} symbols as of ${asOf} over HTTP in ${seconds.toFixed(2)} s (exit code ${code})`,
  );
  process.exitCode = compare(receipts) && code === 0 ? 0 : 1;
} finally {
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}

function compare(receipts: ReadonlyMap<string, Receipt>): boolean {
  const rows = expected.filter((row) => Number(row.bars) >= MIN_BARS);
  const largest = new Map<string, number>();
  const outcomes = new Map<string, number>();
  const differing: string[] = [];
  for (const row of rows) {
    const receipt = receipts.get(row.symbol!);
    const differences = receipt === undefined ? ['no receipt'] : differencesOf(row, receipt, largest);
    if (differences.length > 0) differing.push(`${row.symbol}: ${differences.join(', ')}`);
    const outcome = String(receipt?.outcome);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  console.log(`outcomes: ${[...outcomes].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  for (const [field, difference] of largest)
    console.log(`${field.padEnd(12)} largest difference ${difference}`);
  for (const line of differing.slice(0, 20)) console.log(line);
  console.log(
    `${rows.length - differing.length} of ${rows.length} symbols of ${MIN_BARS} bars or more are equal to ${TOLERANCE}` +
      ` in rating, subscores, risk, signal and verdict`,
  );
  return differing.length === 0;
}

function differencesOf(row: Row, receipt: Receipt, largest: Map<string, number>): string[] {
  const differences: string[] = [];
  for (const [column, field] of NUMBERS) {
    const want = row[column] === '' ? Number.NaN : Number(row[column]);
    const got = receipt[field] === null || receipt[field] === undefined ? Number.NaN : Number(receipt[field]);
    const difference = Number.isNaN(want) && Number.isNaN(got) ? 0 : Math.abs(want - got);
    largest.set(field, Math.max(largest.get(field) ?? 0, difference));
    if (!(difference <= TOLERANCE * Math.max(1, Math.abs(want))))
      differences.push(`${field} ${got} for ${want}`);
  }
  if (receipt.signal !== row.Signal) differences.push(`signal ${receipt.signal} for ${row.Signal}`);
  const passes = (receipt.rules ?? []).length === 0;
  if (String(passes) !== row.passes_basic_filters)
    differences.push(`rules ${receipt.rules} for passes ${row.passes_basic_filters}`);
  if (receipt.bars !== Number(row.bars)) differences.push(`bars ${receipt.bars} for ${row.bars}`);
  return differences;
}

function readCsv(path: string): Row[] {
  const bytes = readFileSync(path);
  const [head, ...lines] = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .trimEnd()
    .split('\n');
  const names = head!.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}
