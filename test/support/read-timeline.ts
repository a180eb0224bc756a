import { expect } from 'vitest';

/** Something that took time. Times are microseconds. */
export interface SpanEvent {
  readonly ph: 'X';
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
  readonly cat: string;
  readonly args?: Readonly<Record<string, string | number>>;
}

/** A counter's new value. */
export interface CounterEvent {
  readonly ph: 'C';
  readonly ts: number;
  readonly name: string;
  readonly args: { readonly value: number };
}

export interface NameEvent {
  readonly ph: 'M';
  readonly tid?: number;
  readonly name: string;
  readonly args: Readonly<Record<string, string | number>>;
}

/** The events of a timeline in Chrome's format, checked: times ascend, and every span is on a track with a name. */
export function readTimeline(text: string) {
  const { traceEvents: events } = JSON.parse(text) as {
    readonly traceEvents: readonly (SpanEvent | CounterEvent | NameEvent)[];
  };
  const spans = events.filter((event) => event.ph === 'X');
  const counters = events.filter((event) => event.ph === 'C');
  const names = new Map(
    events.flatMap((event) =>
      event.ph === 'M' && event.name === 'thread_name' ? [[event.tid, String(event.args.name)] as const] : [],
    ),
  );
  const times = events.flatMap((event) => (event.ph === 'M' ? [] : [event.ts]));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.filter((time) => !Number.isInteger(time))).toEqual([]);
  expect(spans.filter(({ dur, tid }) => dur < 0 || !names.has(tid))).toEqual([]);
  return { spans, counters, names };
}

/** The symbols of every batch that was scored, on whatever thread. */
export function scoredSymbols(spans: readonly SpanEvent[]): string[] {
  return spans
    .filter(({ name, cat }) => name === 'score' && !cat.startsWith('stage'))
    .flatMap(({ args }) => {
      const symbols = String(args!.symbols).split(' ');
      expect(symbols).toHaveLength(args!.jobs as number);
      return symbols;
    });
}

/** Microseconds in which each stage was busy, and how many times it was. */
export function busyStages(spans: readonly SpanEvent[]): Map<string, { micros: number; times: number }> {
  const stages = new Map<string, { micros: number; times: number }>();
  for (const { cat, name, dur } of spans) {
    if (!cat.startsWith('stage ')) continue;
    const { micros, times } = stages.get(name) ?? { micros: 0, times: 0 };
    stages.set(name, { micros: micros + dur, times: times + 1 });
  }
  return stages;
}
