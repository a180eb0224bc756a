import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { statusLines } from '../../../src/commands/top/status-lines.ts';
import type { DaemonStatus } from '../../../src/daemon/status.ts';
import { statusOf } from '../../support/statuses.ts';

const ADDRESS = '127.0.0.1:9464';

function textOf(status: DaemonStatus, width = 100): string {
  return statusLines(status, ADDRESS, width)
    .map(({ text }) => text)
    .join('\n');
}

const busy = statusOf(
  {},
  {
    waiting: () => 2,
    limiter: () => ({ counts: { taken: 640, waiting: 12, waitedMs: 61_000 } }),
    outputs: () => [{ name: 'ranked.json', waiting: { rankings: 3, bytes: 1_200_000 } }, { name: 'all.csv' }],
    nextDue: () => Date.UTC(2026, 10, 20, 17, 30),
  },
);

describe('the lines of a status', () => {
  it('say what a daemon does', () => {
    const memory = { rss_bytes: 412e6, heap_bytes: 98e6 };
    expect(textOf({ ...busy, memory, version: '1.2.3', event_loop_p99_ms: 12 })).toBe(
      `
tapescan  scanning · 1.2.3 · up 2.0 s · 127.0.0.1:9464

scan      a-scan · as of 2018-07-17 · 2.0 s · 1,500 in (750/s) · 990 out (495/s)
outcomes  ranked 900 · filtered 80 · stale 5 · failed 3 · skipped 2
credits   510 of 2,048 in flight
provider  31 of 32 calls under way (at most 64) · 640 calls (320/s) · 12 repeated · 3.4 MB
breaker   closed
cache     30 % kept before · 300 hits · 100 fetched together · 600 fetched alone
queue     2 scans wait · next due 2026-11-20 17:30:00 UTC
limiter   12 waiting · 640 let go · 1 min 01 s waited
output    ranked.json · 3 waiting on disk (1.2 MB)
output    all.csv
`.trim() +
        `\n${textOf(busy)
          .split('\n')
          .filter((line) => line.startsWith('last') || line.startsWith('       '))
          .join('\n')}\n` +
        `
memory    412 MB resident · 98 MB heap · event loop 12 ms late (p99)

stage           inside     passed      rate         busy
cache_read           0      1,500     750/s       250 ms
fetch              500      1,000     500/s        4.0 s

slowest   SLOW 1.2 s · LATE 800 ms
`.trim(),
    );
  });

  it('have the last scan in short', () => {
    const { last_scan: last } = busy;
    const line = textOf(busy, 400)
      .split('\n')
      .find((each) => each.startsWith('last'));
    expect(line).toContain(`before · ended ${last!.ended.slice(0, 10)} `);
    expect(line).toContain(`${last!.in.toLocaleString('en-US')} in · ranked ${last!.outcomes.ranked}`);
  });

  it('say of an idle daemon that there is no scan', () => {
    const text = textOf(statusOf(null));
    expect(text).toContain('tapescan  idle');
    expect(text).toContain('scan      none');
    for (const absent of ['stage', 'breaker', 'slowest', 'limiter']) expect(text).not.toContain(absent);
  });

  it('raise an alarm for a breaker that is open and for an output behind which rankings wait', () => {
    const alarms = (status: DaemonStatus) =>
      statusLines(status, ADDRESS, 100).flatMap(({ text, style }) => (style === 'alarm' ? [text] : []));
    expect(alarms(busy)).toEqual(['output    ranked.json · 3 waiting on disk (1.2 MB)']);
    expect(alarms(statusOf({ breaker: 'open' }))).toEqual(['breaker   open']);
  });

  it('leave nothing for a terminal to obey', () => {
    const text = textOf(statusOf({ id: 'a\x1b[2J\x9b\u202eb' }));
    expect(text).toContain('a?[2J??b');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });

  test.prop({ width: fc.integer({ min: 1, max: 200 }) })('are no wider than they may be', ({ width }) => {
    for (const { text } of statusLines(busy, ADDRESS, width)) expect(text.length).toBeLessThanOrEqual(width);
  });

  test.prop({ width: fc.integer({ min: 60, max: 200 }) })(
    'say the same at every usual width',
    ({ width }) => {
      const words = (text: string) =>
        text
          .split(/[\s·]+/)
          .filter((word) => word !== '')
          .join(' ');
      expect(words(textOf(busy, width))).toBe(words(textOf(busy, 1000)));
    },
  );

  it('leave out the last columns of the table where there is no room', () => {
    const heading = (width: number) =>
      statusLines(busy, ADDRESS, width).find(({ style }) => style === 'heading')!.text;
    expect(heading(56).split(/ +/)).toEqual(['stage', 'inside', 'passed', 'rate', 'busy']);
    expect(heading(55).split(/ +/)).toEqual(['stage', 'inside', 'passed', 'rate']);
    expect(heading(25).trim().split(/ +/)).toEqual(['stage', 'inside']);
  });
});
