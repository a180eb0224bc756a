import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compileAlerts } from '../../src/criteria/compile-alerts.ts';
import type { AlertDeskOptions } from '../../src/daemon/alert-desk.ts';
import { createChanges } from '../../src/daemon/changes.ts';
import { LostGroundError } from '../../src/errors.ts';
import type { Alert } from '../../src/types.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { listedRanking } from '../support/listed-rankings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openDesk } from './alert-process.ts';

const PROCESS = join(import.meta.dirname, 'alert-process.ts');

function places() {
  const folder = temporaryFolder();
  // The folder of the file is not there yet: until it is, the file cannot be written.
  return {
    dir: join(folder, 'state'),
    out: join(folder, 'out'),
    target: join(folder, 'out', 'alerts.ndjson'),
  };
}

const symbolsIn = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as Alert).symbol)
    : [];

const symbolsOf = (alerts: readonly Alert[]) => alerts.map(({ symbol }) => symbol).join('');

async function start(dir: string, target: string, options: Partial<AlertDeskOptions> = {}) {
  const told: string[] = [];
  let recovered = () => {};
  const recovery = new Promise<void>((resolve) => {
    recovered = resolve;
  });
  const desk = await openDesk(dir, target, {
    onFired: (alerts) => told.push(`fired ${symbolsOf(alerts)}`),
    onTrouble: (error) => told.push(`trouble ${(error as Error).name}`),
    onDropped: (count) => told.push(`dropped ${count}`),
    onRecovered: () => {
      told.push('recovered');
      recovered();
    },
    ...options,
  });
  onTestFinished(() => desk.close());
  return { desk, told, recovery };
}

describe('an alert desk', () => {
  it('fires an alert once a session, however often it is due', async () => {
    const { dir, out, target } = places();
    mkdirSync(out);
    const { desk, told } = await start(dir, target);
    for (let second = 0; second < 20; second++) await desk.handle(listedRanking('AB'));
    expect(symbolsOf(await desk.handle(listedRanking('ABC')))).toBe('C');
    await desk.handle(listedRanking('A', { session: '2024-05-06' }));
    expect(symbolsIn(target)).toEqual(['A', 'B', 'C', 'A']);
    expect(told).toEqual(['fired AB', 'fired C', 'fired A']);
  });

  it('remembers over a restart what has fired', async () => {
    const { dir, out, target } = places();
    mkdirSync(out);
    await (await start(dir, target)).desk.handle(listedRanking('AB'));
    expect(await (await start(dir, target)).desk.handle(listedRanking('AB'))).toEqual([]);
    expect(symbolsIn(target)).toEqual(['A', 'B']);
  });

  it('fires later what cannot be published, in order and once, and stops no ranking', async () => {
    const { dir, out, target } = places();
    const { desk, told, recovery } = await start(dir, target);
    expect(await desk.handle(listedRanking('AB'))).toEqual([]);
    expect(await desk.handle(listedRanking('BC'))).toEqual([]);
    expect(desk.waiting).toBe(3);
    mkdirSync(out);
    await recovery;
    expect(desk.waiting).toBe(0);
    await desk.handle(listedRanking('ABCD'));
    expect(symbolsIn(target)).toEqual(['A', 'B', 'C', 'D']);
    expect(told).toEqual(['trouble LostGroundError', 'fired ABC', 'recovered', 'fired D']);
  });

  it('opens where the sink cannot be, and tells once it can, with nothing due either', async () => {
    const { dir, out, target } = places();
    const { told, recovery } = await start(dir, target);
    // Many times as long as it is until the next attempt.
    await sleep(100);
    expect(told).toEqual(['trouble LostGroundError']);
    mkdirSync(out);
    await recovery;
    expect(told).toEqual(['trouble LostGroundError', 'recovered']);
  });

  it('fires after a restart what waited, though it is not true any more', async () => {
    const { dir, out, target } = places();
    const rules = await compileAlerts({ alert: [['new', 'change == "entered"']] });
    const changes = createChanges();
    await (await changes.compare(listedRanking('A'), 'k')).remember();
    const { desk } = await start(dir, target, { rules });
    await desk.handle((await changes.compare(listedRanking('AB'), 'k')).whole);
    await desk.close();
    mkdirSync(out);
    const { told } = await start(dir, target, { rules });
    expect(told).toEqual(['fired B']);
    expect(symbolsIn(target)).toEqual(['B']);
    expect(readFileSync(join(dir, 'alerts-due.ndjson'), 'utf8')).toBe('');
    expect((await start(dir, target, { rules })).told).toEqual([]);
  });

  it('keeps no more than 10,000 that wait: the oldest are dropped, and that is told', async () => {
    const { dir, out, target } = places();
    const { desk, told } = await start(dir, target, { baseMs: 60_000 });
    const many = (from: number, count: number) =>
      listedRanking(Array.from({ length: count }, (_, index) => [`S${from + index}`] as const));
    await desk.handle(many(0, 9_999));
    await desk.handle(many(9_999, 3));
    expect(told).toEqual(['trouble LostGroundError', 'dropped 2']);
    expect(desk.waiting).toBe(10_000);
    await desk.close();
    mkdirSync(out);
    await start(dir, target);
    const symbols = symbolsIn(target);
    expect([symbols.length, symbols[0], symbols.at(-1)]).toEqual([10_000, 'S2', 'S10001']);
  });

  it('publishes nothing twice where it cannot be remembered, until it can', async () => {
    const { dir, out, target } = places();
    mkdirSync(out);
    const { desk, told, recovery } = await start(dir, target);
    const memory = join(dir, 'alerts.ndjson');
    rmSync(memory);
    mkdirSync(memory);
    for (let second = 0; second < 5; second++) await desk.handle(listedRanking('AB'));
    expect(symbolsIn(target)).toEqual(['A', 'B']);
    rmSync(memory, { recursive: true });
    await recovery;
    expect(told).toEqual(['fired AB', 'trouble LostGroundError', 'recovered']);
    expect((await start(dir, target)).told).toEqual([]);
    expect(await desk.handle(listedRanking('AB'))).toEqual([]);
  });

  it('says at opening that its folder cannot be used', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(openDesk(file, 'x')).rejects.toThrow(LostGroundError);
    await expect(openDesk(file, 'x')).rejects.toThrow(`cannot keep alerts in ${file}`);
  });

  /** Fires an alert in a process that dies before it is remembered, then again in another. */
  async function dieInBetween(dir: string, target: string): Promise<void> {
    const child = spawn(process.execPath, [PROCESS, dir, target, '0', 'published'], { stdio: 'inherit' });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
    expect(readFileSync(join(dir, 'alerts.ndjson'), 'utf8')).toBe('');
    const { desk } = await start(dir, target);
    for (let time = 0; time < 2; time++) await desk.handle(listedRanking([['S0']]));
  }

  it('fires again into a file what was published and not remembered when it was killed', async () => {
    const { dir, out, target } = places();
    mkdirSync(out);
    await dieInBetween(dir, target);
    expect(symbolsIn(target)).toEqual(['S0', 'S0']);
  });

  describeWithRedis('with a Redis stream', (server) => {
    it('has what was published and not remembered there once', async () => {
      const { dir } = places();
      const name = `alerts:${randomUUID()}`;
      const client = new Redis(server);
      onTestFinished(async () => {
        await client.del(name, ...(await client.keys(`{${name}}:*`)));
        await client.quit();
      });
      await dieInBetween(dir, `${server}/0/${name}`);
      expect(await client.xlen(name)).toBe(1);
      expect(readFileSync(join(dir, 'alerts.ndjson'), 'utf8')).toContain('"S0"');
    });
  });

  it('loses no alert, and fires few twice, whenever it is killed', async () => {
    const { dir, out, target } = places();
    mkdirSync(out);
    let next = 0;
    let kills = 0;
    for (; kills < 6; kills++) {
      const child = spawn(process.execPath, [PROCESS, dir, target, `${next}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const ended = once(child, 'close');
      let count = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        next = Number(line) + 1;
        if (++count === 3 + 5 * kills) child.kill('SIGKILL');
      }
      await ended;
    }
    expect(next).toBeGreaterThanOrEqual(90);
    const desk = await openDesk(dir, target);
    // What was under way when it was killed is due again.
    await desk.handle(listedRanking([[`S${next}`]]));
    await desk.close();
    const symbols = symbolsIn(target);
    const all = Array.from({ length: next + 1 }, (_, number) => `S${number}`);
    expect([...new Set(symbols)].sort()).toEqual(all.sort());
    // At most the one that was under way, each time.
    expect(symbols.length - all.length).toBeLessThanOrEqual(kills);
  });
});
