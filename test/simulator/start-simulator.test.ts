import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { startProvider } from '../../src/simulator/provider.ts';
import { startSimulator } from '../../src/simulator/start-simulator.ts';

const MARKET = { symbols: 50, end: parseSession('2018-07-17') };
const SPY = '/v2/aggs/ticker/SPY/range/1/day/2018-01-01/2018-07-17';

async function textOf(url: string): Promise<string> {
  const { body } = await request(url, { headers: { host: 'same' } });
  return body.text();
}

describe('startSimulator', () => {
  it('serves the same bytes as a provider in place, and counts calls to the end', async () => {
    const thread = await startSimulator({ market: MARKET });
    const inPlace = await startProvider({ market: createMarket(MARKET) });
    expect(await textOf(thread.url + SPY)).toBe(await textOf(inPlace.url + SPY));
    expect(await Promise.all([thread.calls(), thread.calls()])).toEqual(
      await Promise.all([inPlace.calls(), inPlace.calls()]),
    );
    await Promise.all([thread.close(), thread.close(), inPlace.close()]);
    expect(await thread.calls()).toMatchObject({ total: 1, aggregates: 1 });
    await thread.closed;
    await expect(textOf(thread.url + SPY)).rejects.toThrow(/ECONNREFUSED|other side closed/);
  });

  it('serves a file of bars', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    const file = join(folder, 'bars.csv');
    await writeFile(file, 'symbol,date,open,high,low,close,volume\nQ,2018-07-17,1.5,2,1,1.25,300\n');
    const simulator = await startSimulator({ market: { file } });
    const { results } = JSON.parse(await textOf(`${simulator.url}${SPY.replace('SPY', 'Q')}`));
    expect(results).toMatchObject([
      { v: 300, o: 1.5, c: 1.25, h: 2, l: 1, t: Date.parse('2018-07-17T04:00Z') },
    ]);
    await simulator.close();
    await rm(folder, { recursive: true });
  });

  it('rejects with every problem of a bad file', async () => {
    await expect(startSimulator({ market: { file: '/nowhere/bars.csv' } })).rejects.toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        problems: [expect.stringContaining('Cannot read /nowhere/bars.csv')],
      }),
    );
  });

  it('rejects where the market or the port is impossible', async () => {
    await expect(startSimulator({ market: { ...MARKET, symbols: -1 } })).rejects.toThrow(
      'Expected `symbols` to be an integer',
    );
    const first = await startSimulator({ market: MARKET });
    const port = Number(new URL(first.url).port);
    await expect(startSimulator({ market: MARKET, port })).rejects.toThrow('EADDRINUSE');
    await first.close();
  });

  it('rejects everything once its thread has crashed', async () => {
    const simulator = await startSimulator({ market: MARKET, callsFile: '/dev/full' });
    const crash = expect(simulator.closed).rejects.toThrow('ENOSPC');
    await expect(textOf(simulator.url + SPY)).rejects.toThrow(/other side closed|ECONNRESET/);
    await crash;
    await expect(simulator.calls()).rejects.toThrow('ENOSPC');
    await expect(simulator.close()).rejects.toThrow('ENOSPC');
  });

  it('does not keep a process alive after it is closed, hanging answers or not', () => {
    const source = new URL('../../src/simulator/start-simulator.ts', import.meta.url);
    const script = `
      import { startSimulator } from ${JSON.stringify(source.href)};
      const simulator = await startSimulator({ market: { symbols: 5, end: ${MARKET.end} }, faults: { hang: 1 } });
      const answer = fetch(simulator.url + ${JSON.stringify(SPY)}).catch(() => console.log('cut'));
      while ((await simulator.calls()).faults.hang === 0);
      await simulator.close();
      await answer;
      console.log('closed');
    `;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: 'cut\nclosed\n', stderr: '', status: 0 });
  });
});
