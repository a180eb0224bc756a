import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileAlerts } from '../../src/criteria/compile-alerts.ts';
import { createAlerts } from '../../src/daemon/alerts.ts';
import { createChanges } from '../../src/daemon/changes.ts';
import { ConfigError, LostGroundError } from '../../src/errors.ts';
import { subjectOfRow } from '../../src/sinks/subject-of-row.ts';
import type { AlertRule, RankedRow, Ranking, Setup } from '../../src/types.ts';
import { listedRanking } from '../support/listed-rankings.ts';
import { createRanking } from '../support/rankings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let rules: readonly AlertRule[];
beforeAll(async () => {
  rules = await compileAlerts({
    alert: [
      ['dear', 'close > 100'],
      ['a-names', 'symbol == "A" or symbol == "AAPL"'],
      ['well-placed', 'composite >= 50'],
    ],
  });
});

interface Spec {
  readonly session?: string;
  readonly asOf?: string;
  readonly forming?: string | null;
  readonly setup?: Setup | null;
  readonly rows?: number;
}

/** Rows that have their last session and their setup in common. */
function rankingOf({
  session = '2024-05-03',
  asOf = session,
  forming = null,
  setup = null,
  rows = 2,
}: Spec = {}): Ranking {
  const ranking = createRanking(rows, { scan: `scan-of-${asOf}` });
  const template = [...createRanking(1).rows][0]!;
  expect(template.plan).not.toBeNull();
  return {
    ...ranking,
    summary: { ...ranking.summary, as_of: asOf, forming },
    rows: [...ranking.rows].map(
      (row): RankedRow => ({ ...row, session, plan: setup === null ? null : { ...template.plan!, setup } }),
    ),
  };
}

const start = (file = join(temporaryFolder(), 'alerts.ndjson'), keepDays = 30) => ({
  file,
  alerts: createAlerts({ rules, file, keepDays, subjectOf: subjectOfRow }),
});

/** Opens the file anew, as another process would, and fires what is due. */
async function fire(file: string, ranking: Ranking, keepDays = 30): Promise<string[]> {
  const { alerts } = start(file, keepDays);
  await alerts.open();
  const fired = alerts.check(ranking);
  await alerts.remember(fired);
  return fired.map(({ rule, symbol }) => `${rule} ${symbol}`);
}

const ALL = ['dear AAPL', 'a-names AAPL', 'well-placed AAPL', 'dear BRK.B', 'well-placed BRK.B'];

describe('alerts', () => {
  it('fire for the rows that meet a rule, with what there is to say', async () => {
    const { alerts } = start();
    await alerts.open();
    const ranking = rankingOf({ setup: 'pullback' });
    const [first, ...rest] = alerts.check(ranking);
    const [row] = ranking.rows;
    expect(first).toStrictEqual({
      type: 'alert',
      rule: 'dear',
      scan: 'scan-of-2024-05-03',
      symbol: 'AAPL',
      session: '2024-05-03',
      setup: 'pullback',
      rank: 1,
      close: row!.close,
      rating: row!.rating,
      signal: row!.signal,
      plan: row!.plan,
      change: null,
      previous: null,
    });
    expect([first!, ...rest].map(({ rule, symbol }) => `${rule} ${symbol}`)).toEqual(ALL);
  });

  it('fire once for each rule, symbol, setup and session, restarts included', async () => {
    const { file } = start();
    expect(await fire(file, rankingOf())).toEqual(ALL);
    expect(await fire(file, rankingOf())).toEqual([]);
    expect(await fire(file, rankingOf({ setup: 'trend' }))).toEqual(ALL);
    expect(await fire(file, rankingOf({ session: '2024-05-06' }))).toEqual(ALL);
    expect(await fire(file, rankingOf({ asOf: '2024-05-06' }))).toEqual([]);
    expect((await fire(file, rankingOf({ rows: 4 }))).every((alert) => !ALL.includes(alert))).toBe(true);
  });

  it('fire again until they are remembered', async () => {
    const { alerts } = start();
    await alerts.open();
    const fired = alerts.check(rankingOf());
    expect(alerts.check(rankingOf())).toStrictEqual(fired);
    await alerts.remember(fired.slice(0, 2));
    expect(alerts.check(rankingOf())).toStrictEqual(fired.slice(2));
    await alerts.remember(fired.slice(2));
    expect(alerts.check(rankingOf())).toEqual([]);
  });

  it('are those of the last days only: what is older is forgotten, and fires no more', async () => {
    const { file } = start();
    expect(await fire(file, rankingOf({ session: '2024-05-01' }), 10)).toEqual(ALL);
    expect(await fire(file, rankingOf({ session: '2024-05-10' }), 10)).toEqual(ALL);
    expect(await fire(file, rankingOf({ session: '2024-05-01' }), 10)).toEqual([]);
    expect(await fire(file, rankingOf({ session: '2024-05-02' }), 10)).toEqual(ALL);
    // A halted stock in a ranking of today.
    expect(await fire(file, rankingOf({ session: '2024-05-02', asOf: '2024-05-12' }), 10)).toEqual([]);
    expect(await fire(file, rankingOf({ session: '2024-04-29', asOf: '2024-05-12' }), 10)).toEqual([]);
    expect(await fire(file, rankingOf({ session: '2024-05-10', asOf: '2024-05-12' }), 10)).toEqual([]);
  });

  it('count the days from the session under way', async () => {
    const { alerts } = start(undefined, 3);
    await alerts.open();
    const ranking = { session: '2024-05-03', asOf: '2024-05-03' };
    expect(alerts.check(rankingOf(ranking))).toHaveLength(5);
    expect(alerts.check(rankingOf({ ...ranking, forming: '2024-05-06' }))).toEqual([]);
  });

  it('take up little room: the file is written anew where most of it is too old', async () => {
    const { file } = start();
    const day = (number: number) => new Date(Date.UTC(2024, 0, number)).toISOString().slice(0, 10);
    for (let number = 1; number <= 60; number++) {
      const { alerts } = start(file, 2);
      await alerts.open();
      await alerts.remember(alerts.check(rankingOf({ session: day(number), rows: 60 })));
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n').length;
      expect(lines).toBeLessThan(1500);
    }
    expect(await fire(file, rankingOf({ session: day(60), rows: 60 }), 2)).toEqual([]);
    expect(await fire(file, rankingOf({ session: day(59), rows: 60 }), 2)).toEqual([]);
    expect(existsSync(`${file}.tmp`)).toBe(false);
  });

  test.prop([fc.nat({ max: 1000 }), fc.boolean()], { numRuns: 60 })(
    'are remembered up to the last whole line, wherever a crash cut the file off',
    async (cut, goesOn) => {
      const dir = await mkdtemp(join(tmpdir(), 'tapescan-alerts-'));
      try {
        const file = join(dir, 'alerts.ndjson');
        await fire(file, rankingOf());
        const { length } = readFileSync(file);
        const left = length - (cut % (length + 1));
        truncateSync(file, left);
        const whole = readFileSync(file, 'utf8').split('\n').length - 1;
        const again = await fire(file, rankingOf());
        expect(again).toEqual(ALL.slice(whole));
        if (goesOn) appendFileSync(file, '\0\0\0');
        expect(await fire(file, rankingOf())).toEqual([]);
        expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(ALL.length);
      } finally {
        await rm(dir, { recursive: true });
      }
    },
  );

  it('go on where the file has lines that are none', async () => {
    const { file } = start();
    writeFileSync(file, 'null\n{"rule":"dear"}\n{"rule":"dear","symbol":"A","session":"2024-02-31"}\nx\n');
    expect(await fire(file, rankingOf())).toEqual(ALL);
    expect(await fire(file, rankingOf())).toEqual([]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(ALL.length + 1);
  });

  it('are remembered whole where the first attempt met a full disk', async () => {
    const { file } = start();
    const urlOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    // The limit of a file's size stands for a full disk; it is lifted in between.
    const script = `
      process.on('SIGXFSZ', () => {});
      const { createAlerts } = await import(${urlOf('../../src/daemon/alerts.ts')});
      const { execFileSync } = await import('node:child_process');
      const alerts = createAlerts({ rules: [], file: ${JSON.stringify(file)}, subjectOf: () => {} });
      const many = Array.from({ length: 40 }, (_, index) => ({ rule: 'r', symbol: 'S' + index, setup: null, session: '2024-05-03' }));
      await alerts.open();
      await alerts.remember(many).catch((error) => console.log(error.name));
      execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited']);
      await alerts.remember(many);`;
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      'ulimit -S -f 1; exec "$0" --input-type=module -e "$1"',
      process.execPath,
      script,
    ]);
    expect(stdout).toBe('LostGroundError\n');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).symbol)).toEqual(
      Array.from({ length: 40 }, (_, index) => `S${index}`),
    );
  });

  it('say at opening that their file cannot be written', async () => {
    const { alerts } = start(join(temporaryFolder(), 'missing/alerts.ndjson'));
    await expect(alerts.open()).rejects.toThrow(LostGroundError);
    await expect(alerts.open()).rejects.toThrow(/^cannot keep alerts in .*missing\/alerts\.ndjson: ENOENT/);
  });

  describe('of what changed', () => {
    /** The alerts of the second ranking, in short. */
    async function fired(condition: string, before: string, after: string) {
      const [rule] = await compileAlerts({ alert: [['r', condition]] });
      const file = join(temporaryFolder(), 'alerts.ndjson');
      const alerts = createAlerts({ rules: [rule!], file, subjectOf: subjectOfRow });
      await alerts.open();
      const changes = createChanges();
      const first = await changes.compare(listedRanking(before, { session: '2024-05-02' }), 'k');
      expect(alerts.check(first.whole)).toEqual([]);
      await first.remember();
      return alerts.check((await changes.compare(listedRanking(after), 'k')).whole);
    }
    const names = async (...args: Parameters<typeof fired>) =>
      (await fired(...args)).map(({ symbol }) => symbol).join('');

    it('fire for what entered, moved and left, and for none of the first ranking', async () => {
      expect(await names('change == "entered"', 'ABCD', 'XBAC')).toBe('X');
      expect(await names('change != "same"', 'ABCD', 'XBAC')).toBe('XACD');
      expect(await names('rank_change <= -2', 'ABCD', 'XBAC')).toBe('A');
      expect(await names('previous_rank == 4', 'ABCD', 'XBAC')).toBe('D');
      expect(await names('rating_change == 0 and rank > 1', 'ABCD', 'XBAC')).toBe('BAC');
      expect(await names('previous_signal == "Avoid" and signal != "Avoid"', 'ABCD', 'XBAC')).toBe('D');
    });

    it('say what was before; what left has nothing else, and the session of the scan', async () => {
      const previous = { rank: 4, rating: 10, signal: 'Avoid', session: '2024-05-02' };
      expect(await fired('change == "left"', 'ABCD', 'ABC')).toStrictEqual([
        {
          ...{
            type: 'alert',
            rule: 'r',
            scan: '2024-05-03',
            symbol: 'D',
            session: '2024-05-03',
            setup: null,
          },
          ...{ rank: null, close: null, rating: null, signal: null, plan: null },
          ...{ change: 'left', previous },
        },
      ]);
      const [first] = await fired('rank_change == 1', 'BAC', 'ABC');
      expect(first).toMatchObject({ symbol: 'A', change: 'moved', previous: { ...previous, rank: 2 } });
    });

    it('are of rules that ask for it: others do not look at what left', async () => {
      const [rule] = await compileAlerts({ alert: [['r', 'symbol == "D"']] });
      expect(rule!.looksBack).toBe(false);
      const changes = createChanges();
      await (await changes.compare(listedRanking('ABCD'), 'k')).remember();
      const { whole } = await changes.compare(listedRanking('ABC'), 'k');
      const own = createAlerts({
        rules: [rule!],
        file: join(temporaryFolder(), 'a'),
        subjectOf: subjectOfRow,
      });
      expect(own.check(whole)).toEqual([]);
      expect(own.check(listedRanking('ABCD')).map(({ symbol }) => symbol)).toEqual(['D']);
    });
  });

  it('refuse two rules of one name, and days that are none', () => {
    const create = () =>
      createAlerts({ rules: [rules[0]!, rules[0]!], file: 'x', keepDays: 0, subjectOf: subjectOfRow });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(/`dear` is there twice.*\n.*`keepDays` to be an integer from 1, got `0`/);
  });
});
