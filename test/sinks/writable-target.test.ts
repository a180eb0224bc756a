import { execFile } from 'node:child_process';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { openWritableTarget } from '../../src/sinks/writable-target.ts';

const urlOf = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** Publishes 20,000 rows to standard output, and reports on standard error. */
const PUBLISHER = `
  const { createSink } = await import(${urlOf('src/sinks/index.ts')});
  const { createRanking } = await import(${urlOf('test/support/rankings.ts')});
  const sink = createSink({ target: '-', stdout: process.stdout, colour: false });
  const ranking = createRanking(20_000);
  let made = 0;
  const rows = { *[Symbol.iterator]() { for (const row of ranking.rows) { made++; yield row; } } };
  try {
    await sink.open();
    await sink.publish({ ...ranking, rows });
    if (sink.closedEarly) await sink.publish(ranking);
    await sink.close();
    console.error(JSON.stringify({ closedEarly: sink.closedEarly, madeAll: made === 20_000 }));
  } catch (error) {
    console.error(error.name + ': ' + error.message);
  }`;

/** Runs a line of shell in which `publish` is the process above. */
async function shell(line: string): Promise<{ stdout: string; stderr: string }> {
  const script = `set -o pipefail; publish() { "$NODE" --input-type=module -e "$PUBLISHER"; }; ${line}`;
  const env = { ...process.env, NODE: process.execPath, PUBLISHER };
  return promisify(execFile)('bash', ['-c', script], { env });
}

describe('openWritableTarget', () => {
  it('ends quietly, and makes no more rows, when the reader goes away', async () => {
    const { stdout, stderr } = await shell('publish | head -1');
    expect(JSON.parse(stdout)).toMatchObject({ rank: 1, symbol: 'AAPL' });
    expect(JSON.parse(stderr)).toStrictEqual({ closedEarly: true, madeAll: false });
  });

  it('writes everything to a reader that stays', async () => {
    const { stdout, stderr } = await shell('publish | wc -l');
    expect(stdout.trim()).toBe('20000');
    expect(JSON.parse(stderr)).toStrictEqual({ closedEarly: false, madeAll: true });
  });

  it.runIf(process.platform === 'linux')('says that the disk is full', async () => {
    const { stderr } = await shell('publish > /dev/full');
    expect(stderr).toBe(
      'LostGroundError: cannot write standard output: no space left on the device; free some space or choose another place\n',
    );
  });

  it('waits until the stream has taken a chunk', async () => {
    const taken: (() => void)[] = [];
    const stream = new Writable({ write: (_chunk, _encoding, done) => void taken.push(done) });
    const target = openWritableTarget('out', stream);
    let written = false;
    const write = target.write('x')!.then(() => {
      written = true;
    });
    await setImmediate();
    expect(written).toBe(false);
    taken[0]!();
    await write;
    expect(written).toBe(true);
    await target.commit();
  });

  it('neither ends the stream nor keeps a listener on it', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const target = openWritableTarget('out', stream);
    await target.write('x');
    await target.commit();
    expect(stream.writable).toBe(true);
    expect(stream.listenerCount('error')).toBe(0);
  });

  it('reports other errors than a reader gone, and does not let them end the process', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('bad'), { code: 'EIO' })),
      // As streams do that have something to close first: the event comes late.
      destroy: (error, done) => void setImmediate().then(() => done(error)),
    });
    // Without `once`, which would listen for the error itself.
    const closed = new Promise((resolve) => stream.on('close', resolve));
    const target = openWritableTarget('out', stream);
    await expect(target.write('x')).rejects.toThrow(new LostGroundError('cannot write out: bad'));
    await target.abort();
    await closed;
    expect(() => openWritableTarget('out', stream)).toThrow(LostGroundError);
  });

  it('remembers, when it is opened again, that the reader has gone', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
    });
    const first = openWritableTarget('out', stream);
    await first.write('x');
    await first.commit();
    expect(first.closedEarly).toBe(true);
    const second = openWritableTarget('out', stream);
    await second.write('x');
    expect(second.closedEarly).toBe(true);
  });
});
