import type { DaemonStatus, LastScan, ScanStatus, StageStatus } from '../../daemon/status.ts';
import { bytesText, countText, durationText, rateText, shareText } from './quantities.ts';

/** A line for people; `style` says what it is, where colours can show that. */
export interface StatusLine {
  readonly text: string;
  readonly style?: 'title' | 'heading' | 'alarm';
}

const LABEL = 10;
const SEPARATOR = ' · ';

/** A column of the table of stages. */
type Column = readonly [title: string, width: number, text: (stage: StageStatus) => string];

const COLUMNS: readonly Column[] = [
  ['inside', 8, ({ inside }) => countText(inside)],
  ['passed', 11, ({ passed }) => countText(passed)],
  ['rate', 10, ({ per_second }) => rateText(per_second)],
  ['busy', 13, ({ seconds }) => durationText(seconds)],
];
const STAGE = 14;

/**
 * The state of a daemon as lines of at most `width` characters. What does not fit goes on in the next line; of the table, the
 * last columns are left out.
 */
export function statusLines(status: DaemonStatus, address: string, width: number): readonly StatusLine[] {
  const { scan, last_scan: last, state, version, uptime_seconds: uptime } = status;
  const list = (label: string, parts: readonly string[], style?: StatusLine['style']) =>
    paragraph(label, parts, width, style);
  const lines: readonly StatusLine[] = [
    ...list('tapescan', [state, version, `up ${durationText(uptime)}`, address], 'title'),
    { text: '' },
    ...(scan === null ? list('scan', ['none']) : scanLines(scan, list)),
    ...list('queue', queueParts(status)),
    ...limiterLines(status, list),
    ...outputLines(status, list),
    ...(last === null ? [] : list('last', lastParts(last))),
    ...list('memory', [
      `${bytesText(status.memory.rss_bytes)} resident`,
      `${bytesText(status.memory.heap_bytes)} heap`,
      `event loop ${durationText(status.event_loop_p99_ms / 1000)} late (p99)`,
    ]),
    ...(scan === null ? [] : stageTable(scan.stages, width)),
    ...(scan === null || scan.slowest.length === 0 ? [] : [{ text: '' }, ...slowestLines(scan, list)]),
  ];
  return lines.map((line) => ({ ...line, text: cut(line.text, width) }));
}

type List = (label: string, parts: readonly string[], style?: StatusLine['style']) => readonly StatusLine[];

function scanLines(scan: ScanStatus, list: List): readonly StatusLine[] {
  const { per_second: rates, fetches, cache } = scan;
  const isOpen = scan.breaker !== 'closed';
  return [
    ...list('scan', [
      scan.scan,
      `as of ${scan.as_of}`,
      durationText(scan.seconds),
      `${countText(scan.in)} in (${rateText(rates.in)})`,
      `${countText(Object.values(scan.outcomes).reduce((sum, count) => sum + count, 0))} out (${rateText(rates.out)})`,
    ]),
    ...list('outcomes', outcomeParts(scan.outcomes)),
    ...list('credits', [`${countText(scan.credits.inside)} of ${countText(scan.credits.window)} in flight`]),
    ...list('provider', [
      `${fetches.under_way} of ${fetches.limit} calls under way (at most ${fetches.ceiling})`,
      `${countText(scan.calls)} calls (${rateText(rates.calls)})`,
      `${countText(scan.retries)} repeated`,
      bytesText(scan.bytes),
    ]),
    ...list('breaker', [scan.breaker], isOpen ? 'alarm' : undefined),
    ...list('cache', [
      ...(cache.hit_rate === null ? [] : [`${shareText(cache.hit_rate)} kept before`]),
      `${countText(cache.hits)} hits`,
      `${countText(cache.prefetched)} fetched together`,
      `${countText(cache.misses)} fetched alone`,
    ]),
  ];
}

function outcomeParts(outcomes: ScanStatus['outcomes']): string[] {
  return Object.entries(outcomes).map(([kind, count]) => `${kind} ${countText(count)}`);
}

function queueParts({ waiting_scans: waiting, next_due: due }: DaemonStatus): string[] {
  const scans = waiting === 1 ? '1 scan waits' : `${countText(waiting)} scans wait`;
  return [
    scans,
    ...(due === null ? [] : [`next due ${due.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}`]),
  ];
}

function limiterLines({ limiter }: DaemonStatus, list: List): readonly StatusLine[] {
  if (limiter === null) return [];
  return list('limiter', [
    `${countText(limiter.waiting)} waiting`,
    `${countText(limiter.taken)} let go`,
    `${durationText(limiter.waited_seconds)} waited`,
  ]);
}

function outputLines({ outputs }: DaemonStatus, list: List): readonly StatusLine[] {
  return outputs.flatMap(({ name, waiting }) => {
    if (waiting === null || waiting.rankings === 0) return list('output', [name]);
    const kept = `${countText(waiting.rankings)} waiting on disk (${bytesText(waiting.bytes)})`;
    return list('output', [name, kept], 'alarm');
  });
}

function lastParts(last: LastScan): string[] {
  return [
    last.scan,
    `ended ${last.ended.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}`,
    durationText(last.seconds),
    ...(last.stopped === null ? [] : [`stopped: ${last.stopped}`]),
    `${countText(last.in)} in`,
    ...outcomeParts(last.outcomes),
    `${countText(last.calls)} ${last.calls === 1 ? 'call' : 'calls'}`,
    ...(last.hit_rate === null ? [] : [`${shareText(last.hit_rate)} kept before`]),
  ];
}

function stageTable(stages: readonly StageStatus[], width: number): readonly StatusLine[] {
  const columns: Column[] = [];
  let used = STAGE;
  for (const column of COLUMNS) {
    used += column[1];
    if (used > width) break;
    columns.push(column);
  }
  const row = (head: string, cells: readonly string[]) =>
    head.padEnd(STAGE) + cells.map((cell, index) => cell.padStart(columns[index]![1])).join('');
  const heading = row(
    'stage',
    columns.map(([title]) => title),
  );
  return [
    { text: '' },
    { text: heading, style: 'heading' },
    ...stages.map((stage) => ({
      text: row(
        stage.stage,
        columns.map(([, , text]) => text(stage)),
      ),
    })),
  ];
}

function slowestLines({ slowest }: ScanStatus, list: List): readonly StatusLine[] {
  return list(
    'slowest',
    slowest.map(({ symbol, ms }) => `${symbol} ${durationText(ms / 1000)}`),
  );
}

/** A label and what belongs to it, in as many lines as it takes. */
function paragraph(
  label: string,
  parts: readonly string[],
  width: number,
  style: StatusLine['style'] | undefined,
): readonly StatusLine[] {
  const lines: string[] = [];
  let line = label.padEnd(LABEL);
  let isEmpty = true;
  for (const each of parts) {
    const part = printable(each);
    if (!isEmpty && line.length + SEPARATOR.length + part.length > width) {
      lines.push(line);
      line = ' '.repeat(LABEL);
      isEmpty = true;
    }
    line += isEmpty ? part : `${SEPARATOR}${part}`;
    isEmpty = false;
  }
  lines.push(line);
  return lines.map((text) => (style === undefined ? { text } : { text, style }));
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…`.slice(0, width) : text;
}

/** What a terminal would obey is shown as a question mark. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
}
