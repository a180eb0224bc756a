import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { SESSION_WORDS } from '../../src/daemon/schedule/due-times.ts';
import {
  createSchedule,
  type ScheduleOptions,
  type SkippedTicks,
  wallClock,
} from '../../src/daemon/schedule.ts';
import { ConfigError } from '../../src/errors.ts';
import type { Clock } from '../../src/state/clock.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The clock of a machine that can be put to sleep: timers stand still meanwhile, and time does not. */
class MachineClock implements Clock {
  readonly #timers: VirtualClock;
  #asleepMs = 0;

  constructor(time: string) {
    this.#timers = new VirtualClock(Date.parse(time));
  }

  now = (): number => this.#timers.now() + this.#asleepMs;
  after = (ms: number, callback: () => void): (() => void) => this.#timers.after(ms, callback);
  advance = (ms: number): Promise<void> => this.#timers.advance(ms);
  advanceTo = (time: string): Promise<void> => this.advance(Date.parse(time) - this.now());

  get pending(): number {
    return this.#timers.pending;
  }

  sleep(ms: number): void {
    this.#asleepMs += ms;
  }
}

/** A schedule whose scans take `scanMs` each, and what becomes of it. */
async function start(
  time: string,
  { scanMs = 0, ...options }: Partial<ScheduleOptions> & { readonly scanMs?: number } = {},
) {
  const clock = new MachineClock(time);
  const ticks: { due: number; at: number }[] = [];
  const skipped: SkippedTicks[] = [];
  const failures: unknown[] = [];
  const schedule = await createSchedule({
    clock,
    onTick: (tick) => {
      ticks.push(tick);
      if (scanMs > 0) return new Promise((resolve) => clock.after(scanMs, resolve));
    },
    onSkipped: (each) => skipped.push(each),
    onFailed: (cause) => failures.push(cause),
    ...options,
  });
  const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
  return {
    clock,
    schedule,
    ticks,
    skipped,
    failures,
    dues: () => ticks.map(({ due }) => iso(due)),
    skips: () => skipped.map(({ reason, due, count }) => [reason, iso(due), count]),
  };
}

/** New York's weekday, hour and minute, by another way than the code under test. */
function newYork(ms: number): { readonly weekday: string; readonly minutes: number; readonly date: string } {
  const text = new Date(ms).toLocaleString('sv-SE', { timeZone: 'America/New_York' });
  const weekday = new Date(ms).toLocaleString('en-US', { timeZone: 'America/New_York', weekday: 'short' });
  const [date, time] = text.split(' ') as [string, string];
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  return { weekday, minutes: hour * 60 + minute, date };
}

describe('createSchedule', () => {
  it('ticks at the multiples of its interval', async () => {
    const { clock, schedule, dues } = await start('2026-11-20T15:07:13Z', { everyMs: 5 * MINUTE });
    expect(schedule.next).toBe(Date.parse('2026-11-20T15:10Z'));
    await clock.advance(10 * MINUTE);
    expect(dues()).toEqual(['2026-11-20T15:10:00Z', '2026-11-20T15:15:00Z']);
    await schedule.close();
  });

  it('ticks while a session trades, and not at its close, at night, on holidays and after early closes', async () => {
    // Wednesday, Thanksgiving, the Friday that closes at 13:00, the weekend, Monday.
    const { clock, schedule, dues } = await start('2026-11-25T05:00:00Z', {
      everyMs: 90 * MINUTE,
      session: 'open',
    });
    await clock.advanceTo('2026-12-01T05:00:00Z');
    const trading = (day: string, times: string) => times.split(' ').map((time) => `2026-${day}T${time}:00Z`);
    expect(dues()).toEqual([
      ...trading('11-25', '15:00 16:30 18:00 19:30'),
      ...trading('11-27', '15:00 16:30'),
      ...trading('11-30', '15:00 16:30 18:00 19:30'),
    ]);
    await schedule.close();
  });

  it('ticks at the open and not at the close', async () => {
    const { clock, schedule, dues } = await start('2026-11-20T05:00:00Z', {
      cron: '30 9 * * *',
      session: 'open',
    });
    const atClose = await start('2026-11-20T05:00:00Z', { cron: '59 12 * * *', session: 'open' });
    await clock.advance(DAY);
    await atClose.clock.advanceTo('2026-11-28T05:00:00Z');
    expect(dues()).toEqual(['2026-11-20T14:30:00Z']);
    expect(atClose.dues().at(-1)).toBe('2026-11-27T17:59:00Z');
    await expect(start('2026-11-20T05:00:00Z', { cron: '0 16 * * *', session: 'open' })).rejects.toThrow(
      'never',
    );
    await Promise.all([schedule.close(), atClose.schedule.close()]);
  });

  it('ticks at any time of a date with a session', async () => {
    const { clock, schedule, dues } = await start('2026-11-25T05:00:00Z', {
      cron: '0 0,20 * * *',
      session: 'regular',
    });
    await clock.advanceTo('2026-12-01T04:59:00Z');
    expect(dues()).toEqual([
      '2026-11-26T01:00:00Z',
      '2026-11-27T05:00:00Z',
      '2026-11-28T01:00:00Z',
      '2026-11-30T05:00:00Z',
      '2026-12-01T01:00:00Z',
    ]);
    await schedule.close();
  });

  it('ticks once after each close, early ones included', async () => {
    const { clock, schedule, dues } = await start('2026-11-25T05:00:00Z', {
      session: 'closed',
      publishDelayMs: 15 * MINUTE,
    });
    await clock.advanceTo('2026-12-01T05:00:00Z');
    expect(dues()).toEqual(['2026-11-25T21:15:00Z', '2026-11-27T18:15:00Z', '2026-11-30T21:15:00Z']);
    await schedule.close();
  });

  it('keeps New York time when its clocks change', async () => {
    const { clock, schedule, dues } = await start('2026-03-06T00:00:00Z', { cron: '30 9 * * 1-5' });
    await clock.advanceTo('2026-03-10T00:00:00Z');
    expect(dues()).toEqual(['2026-03-06T14:30:00Z', '2026-03-09T13:30:00Z']);
    const closes = await start('2026-03-06T00:00:00Z', { session: 'closed', publishDelayMs: 0 });
    await closes.clock.advanceTo('2026-03-10T00:00:00Z');
    expect(closes.dues()).toEqual(['2026-03-06T21:00:00Z', '2026-03-09T20:00:00Z']);
    await Promise.all([schedule.close(), closes.schedule.close()]);
  });

  it('ticks once for a time that the change of clocks leaves out, and once for one that comes twice', async () => {
    const spring = await start('2026-03-08T05:00:00Z', { cron: '30 2 * * *' });
    await spring.clock.advance(DAY);
    expect(spring.dues()).toEqual(['2026-03-08T07:00:00Z']);
    const autumn = await start('2026-11-01T04:00:00Z', { cron: '30 1 * * *' });
    await autumn.clock.advance(DAY);
    expect(autumn.dues()).toEqual(['2026-11-01T05:30:00Z']);
    await Promise.all([spring.schedule.close(), autumn.schedule.close()]);
  });

  it('reads cron in another time zone', async () => {
    const { schedule } = await start('2026-11-20T00:00:00Z', { cron: '0 9 * * *', timeZone: 'Asia/Tokyo' });
    expect(schedule.next).toBe(Date.parse('2026-11-21T00:00:00Z'));
    await schedule.close();
  });

  it('skips ticks while a scan runs, and says so', async () => {
    const { clock, schedule, dues, skips } = await start('2026-11-20T15:00:00Z', {
      everyMs: MINUTE,
      scanMs: 150 * SECOND,
    });
    await clock.advance(4 * MINUTE);
    expect(dues()).toEqual(['2026-11-20T15:01:00Z', '2026-11-20T15:04:00Z']);
    expect(skips()).toEqual([
      ['running', '2026-11-20T15:02:00Z', 1],
      ['running', '2026-11-20T15:03:00Z', 1],
    ]);
    expect(schedule.isRunning).toBe(true);
    const closing = schedule.close();
    await clock.advance(150 * SECOND);
    await closing;
    expect(schedule.isRunning).toBe(false);
  });

  it('lets one tick wait where ticks may, and says what it skips', async () => {
    const { clock, schedule, ticks, skips } = await start('2026-11-20T15:00:00Z', {
      everyMs: MINUTE,
      scanMs: 150 * SECOND,
      overlap: 'queue',
    });
    await clock.advance(4 * MINUTE);
    const at = (time: string) => Date.parse(`2026-11-20T${time}Z`);
    expect(ticks).toEqual([
      { due: at('15:01:00'), at: at('15:01:00') },
      { due: at('15:02:00'), at: at('15:03:30') },
    ]);
    expect(skips()).toEqual([['running', '2026-11-20T15:03:00Z', 1]]);
    const closing = schedule.close();
    await clock.advance(HOUR);
    await closing;
    expect(ticks.length).toBe(2);
    expect(skips().at(-1)).toEqual(['closing', '2026-11-20T15:04:00Z', 1]);
  });

  it('drops a tick that waits beyond the close', async () => {
    const { clock, schedule, dues, skips } = await start('2026-11-20T20:40:00Z', {
      everyMs: 10 * MINUTE,
      session: 'open',
      overlap: 'queue',
      scanMs: 11 * MINUTE,
    });
    await clock.advance(HOUR);
    expect(dues()).toEqual(['2026-11-20T20:50:00Z']);
    expect(skips()).toEqual([]);
    await schedule.close();
    const longer = await start('2026-11-20T20:40:00Z', {
      everyMs: 5 * MINUTE,
      session: 'open',
      overlap: 'queue',
      scanMs: 16 * MINUTE,
    });
    await longer.clock.advance(HOUR);
    expect(longer.dues()).toEqual(['2026-11-20T20:45:00Z']);
    expect(longer.skips()).toEqual([
      ['running', '2026-11-20T20:55:00Z', 1],
      ['session-over', '2026-11-20T20:50:00Z', 1],
    ]);
    await longer.schedule.close();
  });

  it('ticks once for all that a sleep of the machine missed', async () => {
    const { clock, schedule, ticks, skips } = await start('2026-11-20T15:00:00Z', { everyMs: 10 * MINUTE });
    clock.sleep(65 * MINUTE);
    await clock.advance(MINUTE);
    expect(ticks).toEqual([
      { due: Date.parse('2026-11-20T16:00:00Z'), at: Date.parse('2026-11-20T16:05:30Z') },
    ]);
    expect(skips()).toEqual([['missed', '2026-11-20T15:10:00Z', 5]]);
    await schedule.close();
  });

  it('wakes up after the close without a tick, and ticks at the next open', async () => {
    const { clock, schedule, dues, skips } = await start('2026-11-20T20:00:00Z', {
      everyMs: 30 * MINUTE,
      session: 'open',
    });
    clock.sleep(2 * HOUR);
    await clock.advance(MINUTE);
    expect(dues()).toEqual([]);
    expect(skips()).toEqual([['session-over', '2026-11-20T20:30:00Z', 1]]);
    expect(schedule.next).toBe(Date.parse('2026-11-23T14:30:00Z'));
    await schedule.close();
  });

  it('counts what was due before it started as missed', async () => {
    const since = Date.parse('2026-11-18T22:00:00Z');
    const { clock, schedule, dues, skips } = await start('2026-11-20T22:00:00Z', {
      session: 'closed',
      since,
    });
    await clock.advance(0);
    expect(dues()).toEqual(['2026-11-20T21:30:00Z']);
    expect(skips()).toEqual([['missed', '2026-11-19T21:30:00Z', 1]]);
    await schedule.close();
  });

  it('bounds the counting after a long sleep', async () => {
    const { clock, schedule, ticks, skipped } = await start('2026-11-20T00:00:00Z', { everyMs: SECOND });
    clock.sleep(DAY);
    await clock.advance(2 * SECOND);
    expect(skipped).toEqual([{ reason: 'missed', due: Date.parse('2026-11-20T00:00:01Z'), count: 9999 }]);
    expect(ticks.length).toBe(2);
    await schedule.close();
  });

  it('ticks again at the times that a clock set back has before it', async () => {
    const { clock, schedule, dues } = await start('2026-11-20T15:00:00Z', { everyMs: HOUR });
    await clock.advance(61 * MINUTE);
    clock.sleep(-2 * HOUR);
    await clock.advance(62 * MINUTE);
    expect(dues()).toEqual(['2026-11-20T16:00:00Z', '2026-11-20T15:00:00Z']);
    await schedule.close();
  });

  it('waits where the clock is put right by seconds', async () => {
    const { clock, schedule, dues } = await start('2026-11-20T15:00:00Z', { everyMs: HOUR });
    await clock.advance(HOUR);
    clock.sleep(-40 * SECOND);
    await clock.advance(2 * MINUTE);
    expect(dues()).toEqual(['2026-11-20T16:00:00Z']);
    await schedule.close();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('goes on where a scan %s', async (_, onTick) => {
    const { clock, schedule, failures } = await start('2026-11-20T15:00:00Z', { everyMs: MINUTE, onTick });
    await clock.advance(2 * MINUTE);
    expect(failures).toEqual([new Error('no'), new Error('no')]);
    await schedule.close();
  });

  it('leaves no timer behind when it is closed', async () => {
    const { clock, schedule, ticks } = await start('2026-11-20T15:00:00Z', { everyMs: MINUTE });
    await schedule.close();
    expect(clock.pending).toBe(0);
    await clock.advance(HOUR);
    expect(ticks).toEqual([]);
  });

  it('can be closed by a scan', async () => {
    let close = async () => {};
    const { clock, schedule } = await start('2026-11-20T15:00:00Z', {
      everyMs: MINUTE,
      onTick: () => close(),
    });
    close = schedule.close;
    await clock.advance(MINUTE);
    expect([clock.pending, schedule.isRunning]).toEqual([0, false]);
  });

  it('ends where cron has no time any more', async () => {
    const { clock, schedule, dues } = await start('2026-11-20T15:00:00Z', { cron: '2026-11-20T12:00:00' });
    await clock.advance(3 * HOUR);
    expect([dues(), schedule.next, clock.pending]).toEqual([['2026-11-20T17:00:00Z'], undefined, 0]);
    await schedule.close();
  });

  it.each([
    [{}, ['got none']],
    [{ everyMs: MINUTE, cron: '* * * * *' }, ['got both']],
    [{ everyMs: 10 }, ['`everyMs`']],
    [{ everyMs: Number.NaN, timeZone: 'Mars/Olympus' }, ['`everyMs`', 'time zone']],
    [{ cron: '61 * * * *' }, ['61 * * * *']],
    [{ cron: '0 0 30 2 *' }, ['never ticks']],
    [{ everyMs: DAY, session: 'open' }, ['never ticks']],
    [{ cron: '* * * * *', session: 'closed' }, ['from the calendar']],
    [{ session: 'closed', publishDelayMs: Number.NaN }, ['`publishDelayMs`']],
  ] as const)('refuses %o', async (options, problems) => {
    const error = await start('2026-11-20T15:00:00Z', options).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems).toEqual(problems.map((each) => expect.stringContaining(each)));
  });

  it('goes by the time of day of the machine', async () => {
    const schedule = await createSchedule({ everyMs: HOUR, onTick: () => {}, onFailed: () => {} });
    const wait = schedule.next! - wallClock.now();
    expect(wait).toBeGreaterThan(-1);
    expect(wait).toBeLessThanOrEqual(HOUR);
    await schedule.close();
  });

  const steps = fc.array(fc.record({ sleeps: fc.boolean(), minutes: fc.integer({ min: 1, max: 900 }) }), {
    minLength: 1,
    maxLength: 12,
    size: 'max',
  });
  test.prop(
    {
      // Around both changes of clocks, holidays and early closes.
      begin: fc.constantFrom(
        '2026-03-06T12:00:00Z',
        '2026-10-30T12:00:00Z',
        '2026-11-25T12:00:00Z',
        '2026-12-23T12:00:00Z',
      ),
      session: fc.constantFrom(...SESSION_WORDS),
      overlap: fc.constantFrom('skip', 'queue'),
      rule: fc.constantFrom(
        { everyMs: 7 * MINUTE },
        { everyMs: HOUR },
        { cron: '*/20 * * * *' },
        { cron: '5 9-16 * * 1-5' },
      ),
      scanMinutes: fc.integer({ min: 0, max: 120 }),
      steps,
    },
    { numRuns: 60 },
  )(
    'runs no two ticks at once, none outside its session, and accounts for every due time',
    async ({ begin, session, overlap, rule, scanMinutes, steps }) => {
      const clock = new MachineClock(begin);
      const starts: number[] = [];
      let skips = 0;
      let running = 0;
      let most = 0;
      const schedule = await createSchedule({
        ...(session === 'closed' ? {} : rule),
        session,
        overlap,
        clock,
        onTick: async ({ due, at }) => {
          expect(at).toBe(clock.now());
          expect(due).toBeLessThanOrEqual(at);
          starts.push(at);
          most = Math.max(most, ++running);
          if (scanMinutes > 0)
            await new Promise<void>((resolve) => clock.after(scanMinutes * MINUTE, resolve));
          running--;
        },
        onSkipped: ({ count }) => {
          skips += count;
        },
        onFailed: (cause) => {
          throw cause;
        },
      });
      const from = clock.now();
      for (const { sleeps, minutes } of steps) {
        if (sleeps) clock.sleep(minutes * MINUTE);
        // The clock is looked at, and what was due then is dealt with.
        await clock.advance(sleeps ? 31 * SECOND : minutes * MINUTE);
      }
      const closing = schedule.close();
      await clock.advance(DAY);
      await closing;

      expect(most).toBeLessThanOrEqual(1);
      for (const at of starts) {
        const { weekday, minutes, date } = newYork(at);
        if (session === 'open' || session === 'regular') {
          expect(['Sat', 'Sun']).not.toContain(weekday);
          expect(['2026-11-26', '2026-12-25', '2027-01-01']).not.toContain(date);
        }
        if (session === 'open') {
          expect(minutes).toBeGreaterThanOrEqual(570);
          expect(minutes).toBeLessThan(['2026-11-27', '2026-12-24'].includes(date) ? 780 : 960);
        }
      }
      const undisturbed = await dueBetween(
        { ...(session === 'closed' ? {} : rule), session },
        from,
        schedule.next!,
      );
      expect(starts.length + skips).toBe(undisturbed);
    },
  );
});

/** How many times a schedule is due after `from` and before `to`. */
async function dueBetween(options: Partial<ScheduleOptions>, from: number, to: number): Promise<number> {
  const clock = new MachineClock(new Date(from).toISOString());
  let count = 0;
  const schedule = await createSchedule({
    ...options,
    clock,
    onTick: () => void count++,
    onFailed: () => {},
  });
  await clock.advance(to - 1 - from);
  await schedule.close();
  return count;
}
