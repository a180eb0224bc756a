import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Running, runCli, startCli, startSimulatorCli } from '../run-cli.ts';
import { startDurableRedis } from './durable-redis.ts';
import { startFaultyLink } from './faulty-link.ts';
import { drawLists, judge, type Verdict } from './lists.ts';

export interface ChaosOptions {
  readonly lists: number;
  /** Symbols of a list. */
  readonly size: number;
  /** Faults of the network and of Redis, one every so many milliseconds. */
  readonly faultEveryMs: number;
  /** Times that the daemon is killed, at random moments. */
  readonly kills: number;
  /** Milliseconds between two kills, on the average. */
  readonly killEveryMs: number;
  /** Parts of the provider's answers that are faults, by kind. */
  readonly providerFaults: readonly string[];
  /** Ends it with an error. */
  readonly limitMs: number;
  /** Where the daemon keeps what an output does not take. */
  readonly folder: string;
  readonly random: () => number;
  readonly onProgress?: (line: string) => void;
}

export interface ChaosReport extends Verdict {
  readonly lists: number;
  /** What was done to it, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly deadLetters: number;
  readonly providerCalls: number;
  readonly seconds: number;
}

const SYMBOLS = 300;
/** Requests that wait for the daemon, at most. */
const BACKLOG = 50;

/**
 * Asks a daemon for lists through a Redis stream, and has it publish to another one, while its provider errs, the
 * network and Redis fail, and the daemon itself is killed again and again; then reads the stream and judges it.
 *
 * Redis acknowledges what is on disk only. Who asks and who judges go to Redis by themselves, not through the network that
 * fails. What was started is stopped.
 */
export async function runChaos({
  lists: count,
  size,
  faultEveryMs,
  kills,
  killEveryMs,
  providerFaults,
  limitMs,
  folder,
  random,
  onProgress = () => {},
}: ChaosOptions): Promise<ChaosReport> {
  const started = performance.now();
  const redis = await startDurableRedis();
  const link = await startFaultyLink(redis.port);
  const simulator = await startSimulatorCli(
    [
      ...['--symbols', `${SYMBOLS}`, '--sessions', '90'],
      ...providerFaults.flatMap((fault) => ['--fault', fault]),
    ],
    { limitMs },
  );
  const done = new AbortController();
  const client = new Redis({ port: redis.port, retryStrategy: () => 100, maxRetriesPerRequest: null });
  client.on('error', () => {});
  let daemon: Running | undefined;
  let killed = 0;
  const faults: Record<string, number> = {};

  const startDaemon = () => {
    const server = `redis://127.0.0.1:${link.port}/0`;
    daemon = startCli(
      [
        ...['daemon', '--polygon-url', simulator.url, '--no-cache', '--lookback', '30', '--workers', '0'],
        ...[
          '--timeout',
          '1s',
          '--symbol-timeout',
          '5s',
          '--with-receipts',
          '--universe',
          '-',
          '--keep-alive',
        ],
        ...['--requests', `${server}/requests`, '--requests-consumer', 'chaos', '--out', `${server}/ranked`],
        ...['--spill-dir', folder, '--log-level', 'error'],
      ],
      { limitMs },
    );
    const { exited } = daemon;
    void exited.then(() => {
      if (!done.signal.aborted) startDaemon();
    });
  };
  const pause = (ms: number) => sleep(ms, undefined, { signal: done.signal }).catch(() => {});

  const faultKinds: Readonly<Record<string, () => Promise<void>>> = {
    async 'Redis killed'() {
      await redis.kill();
      await sleep(500 * random());
      await redis.start();
    },
    async 'Redis paused'() {
      redis.pause();
      await sleep(3000 * random());
      redis.resume();
    },
    async 'connections cut'() {
      link.cut();
    },
    async 'network parted, then what was held back arrives'() {
      link.part((['there', 'back', 'both'] as const)[Math.floor(3 * random())]!);
      await sleep(3000 * random());
      link.heal('arrives');
    },
    async 'network parted, then what was held back is gone'() {
      link.part((['there', 'back', 'both'] as const)[Math.floor(3 * random())]!);
      await sleep(3000 * random());
      link.heal('gone');
    },
  };
  const doFaults = async () => {
    const kinds = Object.keys(faultKinds);
    for (;;) {
      await pause(2 * faultEveryMs * random());
      if (done.signal.aborted) return;
      const kind = kinds[Math.floor(kinds.length * random())]!;
      await faultKinds[kind]!();
      faults[kind] = (faults[kind] ?? 0) + 1;
    }
  };
  const doKills = async () => {
    while (killed < kills) {
      await pause(2 * killEveryMs * random());
      if (done.signal.aborted) return;
      daemon!.kill('SIGKILL');
      killed++;
    }
  };

  try {
    const { stdout } = await runCli(['simulate', '--list', '--symbols', `${SYMBOLS}`]);
    const names = stdout.trim().split('\n');
    const lists = drawLists(names, { count, size, random });
    startDaemon();
    const chaos = [doFaults(), doKills()];
    let asked = 0;
    for (const [id, symbols] of lists) {
      asked++;
      // The id is given: asked again after an error, the entry is there once.
      await client
        .xadd('requests', `1-${asked}`, 'request', JSON.stringify({ id, symbols }))
        .catch((error: Error) => {
          if (!error.message.includes('equal or smaller')) throw error;
        });
      if (asked % BACKLOG === 0) {
        await settle(client, asked - BACKLOG, started + limitMs);
        if (asked % 500 === 0)
          onProgress(`${asked} of ${count} asked, ${killed} kills, ${JSON.stringify(faults)}`);
      }
    }
    await chaos[1];
    await settle(client, count, started + limitMs);
    const verdictWhileSpilling = async () => {
      for (;;) {
        const verdict = await judge(client, 'ranked', lists);
        if (verdict.unfinished.length === 0 || performance.now() > started + limitMs) return verdict;
        // Acknowledged, and on the daemon's disk.
        await sleep(1000);
      }
    };
    const verdict = await verdictWhileSpilling();
    return {
      ...verdict,
      lists: count,
      faults,
      kills: killed,
      deadLetters: await client.xlen('{requests}:dead'),
      providerCalls: (await simulator.calls()).total,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    done.abort();
    daemon?.kill('SIGKILL');
    client.disconnect();
    await simulator.stop();
    await link.close();
    await redis.remove();
  }
}

/** Waits until all but what comes after the first so many requests are acknowledged. */
async function settle(client: Redis, count: number, until: number): Promise<void> {
  for (;;) {
    const groups = (await client.xinfo('GROUPS', 'requests').catch(() => [])) as unknown[][];
    const [group] = groups.map((fields) =>
      Object.fromEntries(
        Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at], fields[2 * at + 1]]),
      ),
    );
    const delivered = Number(String(group?.['last-delivered-id'] ?? '0-0').split('-')[1]);
    const pending = Number(group?.pending ?? 0);
    if (delivered - pending >= count) return;
    if (performance.now() > until)
      throw new Error(`${delivered} requests taken, ${pending} of them not done`);
    await sleep(50);
  }
}
