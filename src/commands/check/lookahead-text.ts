import type { LookaheadReport } from './check-lookahead.ts';
import type { Claim, Verdict } from './claims.ts';
import type { Moved } from './moved-values.ts';

/** What each comparison says when it fails, with the last session that was known. */
const MEANINGS: Readonly<Record<Moved['comparison'], (known: string) => string>> = {
  history: (known) => `when nothing behind ${known} is known`,
  row: (known) => `of a series that ends on ${known}`,
  stream: () => 'bar by bar',
};
const VERDICTS: Readonly<Record<Verdict, string>> = {
  holds: '✓',
  broken: '✗ broken',
  untested: '? too few bars',
  late: '? no value as early as that',
  unclaimed: '',
};

/** A report for people: what moved, then what indicators claim and what was measured, 80 columns wide. */
export function* lookaheadText(report: LookaheadReport): Generator<string> {
  const { symbols, bars, empty, compared, moved, claims, failed, skipped } = report;
  yield `${grouped(symbols)} symbols, ${grouped(bars)} bars: ${grouped(compared)} values compared\n`;
  if (empty > 0) yield `${grouped(empty)} symbols have no bars\n`;
  for (const [code, count] of Object.entries(failed))
    yield `${grouped(count)} symbols not checked: ${code}\n`;
  for (const [defect, count] of Object.entries(skipped))
    yield `${grouped(count)} entries skipped: ${defect}\n`;
  yield '\n';
  for (const each of moved) yield* movedLines(each);
  yield compared === 0
    ? '✗ Nothing was compared.\n'
    : moved.length === 0
      ? '✓ Nothing looks ahead: no value of an earlier session moves.\n'
      : `✗ ${moved.length} ${moved.length === 1 ? 'value moves' : 'values move'}: what is computed of a session depends on what came later.\n`;
  yield '\n';
  yield* claimLines(claims);
}

function* movedLines({
  name,
  comparison,
  count,
  symbol,
  session,
  known,
  before,
  after,
}: Moved): Generator<string> {
  const times = count === 1 ? 'once' : `${grouped(count)} times`;
  yield `✗ ${name} moves, ${times}. First: ${symbol} on ${session}\n`;
  yield `    ${shown(after)} with all bars, ${shown(before)} ${MEANINGS[comparison](known)}\n`;
}

function* claimLines(claims: readonly Claim[]): Generator<string> {
  yield `${''.padEnd(28)}${'warm-up'.padStart(18)}${'stable from'.padStart(20)}\n`;
  yield `${'indicator'.padEnd(15)}${'output'.padEnd(13)}${'claimed measured'.padStart(18)}${'claimed measured'.padStart(20)}\n`;
  for (const { indicator, output, warmup, stableFrom } of claims) {
    const latest =
      stableFrom.measured === null ? '-' : `${stableFrom.reached ? '' : '≥ '}${stableFrom.measured}`;
    const cells = [
      indicator.padEnd(15),
      output.padEnd(13),
      String(warmup.claimed).padStart(9),
      String(warmup.measured ?? '-').padStart(9),
      String(stableFrom.claimed ?? 'never').padStart(11),
      latest.padStart(9),
      `  ${verdictText(warmup.verdict, stableFrom.verdict)}`,
    ];
    yield `${cells.join('').trimEnd()}\n`;
  }
  const broken = claims.filter(
    ({ warmup, stableFrom }) => warmup.verdict === 'broken' || stableFrom.verdict === 'broken',
  );
  if (broken.length > 0) {
    const names = broken.map(({ indicator, output }) => `${indicator}.${output}`);
    yield `\n✗ Claimed earlier than measured: ${names.join(', ')}. Judge these by more bars than claimed.\n`;
  }
}

/** The verdict that asks for more attention, where they differ. */
function verdictText(warmup: Verdict, stableFrom: Verdict): string {
  const first = (['broken', 'late', 'untested'] as const).find((verdict) =>
    [warmup, stableFrom].includes(verdict),
  );
  return VERDICTS[first ?? (stableFrom === 'unclaimed' ? warmup : stableFrom)];
}

/** Every digit: what moved may have moved in the last one. */
function shown(value: number | null): string {
  return value === null ? 'no value' : String(value);
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
