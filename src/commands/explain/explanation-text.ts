import type { TradePlan } from '../../types.ts';
import type { AbsenceExplanation } from './explain-absence.ts';
import type { ExplainedComposite, ExplainedSubscore, RowExplanation } from './explain-row.ts';
import { fixed, shown, signed } from './number-text.ts';
import type { CheckedSignal, SignalCheck } from './signals.ts';

/** What surrounds a row: the ranking that it is in. */
export interface RankingContext {
  readonly from: string;
  /** Rows of the ranking. */
  readonly ranked: number;
  /** ISO date of the latest session of all symbols. */
  readonly as_of: string | null;
}

const WIDTH = 100;

/** An explanation for people: aligned, 100 columns wide but for what is longer by itself. */
export function explanationText(explanation: (RowExplanation | AbsenceExplanation) & RankingContext): string {
  const lines =
    explanation.type === 'explanation' ? [...rowLines(explanation)] : [...absenceLines(explanation)];
  return `${lines.join('\n')}\n`;
}

function* rowLines(row: RowExplanation & RankingContext): Generator<string> {
  yield `${row.symbol}  rank ${row.rank} of ${row.ranked}  rating ${fixed(row.rating)}  ${row.signal}`;
  if (row.listing !== null) {
    const { name, instrument, exchange, sector, industry } = row.listing;
    const told = [name, instrument, exchange, sector, industry].filter((one) => one !== null);
    yield* wrapped(told.join(' · '), WIDTH);
  }
  yield `scan ${row.scan}  ${age(row.session, row.as_of)}  close ${shown(row.close)}`;
  yield '';
  yield `${'subscore'.padEnd(44)}${'value'.padStart(6)}   weight  =   raw   points of the rating`;
  for (const subscore of row.subscores) yield* subscoreLines(subscore);
  yield `${'raw'.padEnd(65)}${shown(row.raw).padStart(6)}${fixed(row.sum).padStart(9)}`;
  yield '';
  const { atr_pct_14, risk_scale, value, base, bonus, discount } = row.risk;
  yield `risk      1 − ${shown(risk_scale)} · atr_pct_14 = 1 − ${shown(risk_scale)} · ${shown(atr_pct_14)} = ${shown(value)}`;
  yield `discount  ${shown(base)} + ${shown(bonus)} · clip(risk, 0, 1) = ${shown(discount)}`;
  yield row.rating === null || row.sum === null
    ? 'rating    missing: without the risk there is none'
    : `rating    raw · discount = ${shown(row.raw)} · ${shown(discount)} = ${row.rating}`;
  if (row.rating !== null && row.sum !== null) {
    yield `          sum of the points = ${row.sum}, off by ${Math.abs(row.sum - row.rating)}`;
  }
  yield '';
  yield `signal    ${row.signal}`;
  for (const checked of row.signals) yield* signalLines(checked);
  if (row.composite !== undefined) yield* compositeLines(row.composite);
  yield '';
  yield* row.plan === null
    ? ['plan      none: the signal asks for no trade, or none can be placed']
    : planLines(row.plan);
}

function* planLines(plan: TradePlan): Generator<string> {
  const { side, setup, entry, stop, target, risk_per_share, shares, position, capped, reason } = plan;
  const [first = '', ...rest] = wrapped(`${side} ${setup}: ${reason}`, WIDTH - 10);
  yield `plan      ${first}`;
  for (const line of rest) yield `          ${line}`;
  const reward = Math.abs(target - entry) / risk_per_share;
  yield `          entry ${fixed(entry)}  stop ${fixed(stop)}  target ${fixed(target)} (${fixed(reward)} times the risk)`;
  const limit = capped ? 'limited by the liquidity, not by the risk' : 'limited by the risk';
  yield `          ${shares} shares · risk ${fixed(risk_per_share)} = ${fixed(risk_per_share * shares)}, ${limit}; position ${fixed(position)}`;
}

function* subscoreLines(subscore: ExplainedSubscore): Generator<string> {
  const { name, value, unclipped, weight, raw, points, conditions } = subscore;
  const title = unclipped === value ? name : `${name} (${shown(unclipped)}, clipped)`;
  yield [
    title.padEnd(44),
    shown(value).padStart(6),
    ' · ',
    shown(weight).padStart(6),
    '  = ',
    shown(raw).padStart(6 - 4 + 2 + 2),
    fixed(points).padStart(9),
  ].join('');
  for (const { condition, holds, points: worth, inputs } of conditions) {
    const values = Object.entries(inputs).map(([input, at]) => `${input} ${shown(at)}`);
    yield `  ${mark(holds)} ${condition.padEnd(24)} ${signed(shown(worth)).padStart(3)}   ${values.join(', ')}`;
  }
}

function* signalLines({ signal, checks }: CheckedSignal): Generator<string> {
  const head = `  ${signal.padEnd(12)}  `;
  const [first = '', ...rest] = packed(checks.map(checkText), '   ', WIDTH - head.length);
  yield head + first;
  for (const line of rest) yield ' '.repeat(head.length) + line;
}

function checkText({ input, bound, value, holds, missing }: SignalCheck): string {
  const relation = bound > 0 ? '≥' : '≤';
  const missed = holds || missing === null ? '' : ` (misses by ${fixed(missing)})`;
  return `${mark(holds)} ${input} ${relation} ${shown(bound)}: ${fixed(value)}${missed}`;
}

function* compositeLines({ value, signal, coverage, factors }: ExplainedComposite): Generator<string> {
  yield '';
  yield `composite ${fixed(value)}  ${signal}  coverage ${fixed(100 * coverage)} % of the weights`;
  yield `  ${'factor'.padEnd(12)}${'percentile'.padStart(10)}${'weight'.padStart(8)}${'points'.padStart(8)}   compares`;
  for (const { name, percentile, weight, points, quantities } of factors) {
    const compared = quantities.join(', ');
    const cells = `  ${name.padEnd(12)}${fixed(percentile).padStart(10)}${shown(weight ?? null).padStart(8)}${fixed(points).padStart(8)}   `;
    const [first = '', ...rest] = wrapped(compared, WIDTH - cells.length);
    yield cells + first;
    for (const line of rest) yield ' '.repeat(cells.length) + line;
  }
}

function* absenceLines(absence: AbsenceExplanation & RankingContext): Generator<string> {
  const { symbol, from, ranked, outcome, stage, reasons, line, session, as_of } = absence;
  yield `${symbol} is not in ${from} (${ranked} ${ranked === 1 ? 'row' : 'rows'})`;
  const facts = [
    ...(outcome === null ? [] : [`outcome ${outcome}`]),
    ...(stage === null ? [] : [`stage ${stage}`]),
    ...(line === undefined ? [] : [`line ${line} of the list`]),
    ...(session === undefined ? [] : [age(session, as_of)]),
  ];
  if (facts.length > 0) yield facts.join('  ');
  for (const { name, meaning, input, value } of reasons) {
    const found = input === undefined || value === undefined ? '' : ` (${input} ${shown(value)})`;
    const [first = '', ...rest] = wrapped(`${name}: ${meaning}${found}`, WIDTH - 4);
    yield `  ${mark(false)} ${first}`;
    for (const more of rest) yield `    ${more}`;
  }
}

function age(session: string, asOf: string | null): string {
  if (asOf === null || session === asOf) return `session ${session} (the latest)`;
  const days = (Date.parse(asOf) - Date.parse(session)) / 86_400_000;
  return `session ${session} (${days} days before the latest, ${asOf})`;
}

function mark(holds: boolean): string {
  return holds ? '✓' : '✗';
}

/** Text in lines of whole words; a longer word has a line for itself. */
function wrapped(text: string, width: number): readonly string[] {
  return packed(text.split(' '), ' ', width);
}

/** Parts in lines, as many as there is room for; a longer one has a line for itself. */
function packed(parts: readonly string[], separator: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line !== '' && line.length + separator.length + part.length > width) {
      lines.push(line);
      line = part;
    } else line = line === '' ? part : line + separator + part;
  }
  return [...lines, line];
}
