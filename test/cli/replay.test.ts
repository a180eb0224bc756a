import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { Journal } from '../../src/journal/journal.ts';
import { formatSession, parseSession } from '../../src/session.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { correctMarket } from '../../src/simulator/correct-market.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { type ProviderOptions, startProvider } from '../../src/simulator/provider.ts';
import type { RankedRow } from '../../src/types.ts';
import { collectScan } from '../support/collect-scan.ts';
import { jsonLines, type RunOptions, runCli } from '../support/run-cli.ts';
import { startSimulatedSource } from '../support/simulated-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const today = parseSession('2018-07-17');
const yesterday = sessionsBack(today, 2);
const market = createMarket({ symbols: 150, sessions: 300, end: today });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);
const input = tickers.join('\n');

/** A folder with a cache and a journal, and the two commands in it. */
function open() {
  const cwd = temporaryFolder();
  const kept = ['--cache-dir', 'cache', '--state-dir', 'state'];
  return {
    cwd,
    read: (name: string) => readFileSync(join(cwd, name), 'utf8'),
    async scan(url: string, id: string, args: readonly string[], options: RunOptions = {}) {
      const all = ['scan', '--polygon-url', url, ...kept, '--scan-id', id, '--out', `${id}.ndjson`, ...args];
      const ended = await runCli(all, { input, cwd, ...options });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      return ended;
    },
    replay: (id: string, args: readonly string[] = [], options: RunOptions = {}) =>
      runCli(['replay', id, ...kept, ...args], { cwd, ...options }),
  };
}

async function provider(options: Partial<ProviderOptions> = {}) {
  const started = await startProvider({ market, ...options });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await started.close();
    isOpen = false;
  };
  onTestFinished(close);
  return { url: started.url, close };
}

const asOf = (session: number) => ['--as-of', formatSession(session)];

describe('a replay', () => {
  it('writes what the scan wrote, to the byte, when the provider is gone and the cache has gone on', async () => {
    const { url, close } = await provider();
    const { scan, replay, read } = open();
    await scan(url, 'plain', [...asOf(yesterday), '--out', 'plain.csv']);
    const listed = `Symbol,Name,Sector,Market Cap\n${tickers
      .map(
        (ticker, index) =>
          `${ticker},"Company ${index}, Inc.",${['Energy', 'Finance'][index % 2]},${index}e6`,
      )
      .join('\n')}\n`;
    const criteria = [
      ...['--where', 'sector == "Energy" and composite > 20', '--define', 'dear=close > 5'],
      ...['--screen', 'dear', '--rank-by', 'composite', '--top', '12', '--weight', 'trend=3', '--shorts'],
      ...[
        '--min-market-cap',
        '2000000',
        '--rule',
        'thin-trading=off',
        '--lookback',
        '200',
        '--out',
        'own.csv',
      ],
    ];
    await scan(url, 'own', [...asOf(yesterday), ...criteria], { input: listed });
    await scan(url, 'later', asOf(today));
    await close();

    // Some of it has a split that the bars had to be adjusted for.
    const rows = jsonLines<RankedRow>(read('plain.ndjson'));
    const split = rows.filter(({ symbol }) =>
      market.bars(symbol)!.splits.some(({ session }) => session > today - 365),
    );
    expect(split.length).toBeGreaterThan(0);
    expect(jsonLines<RankedRow>(read('own.ndjson'))).toHaveLength(12);
    expect(read('later.ndjson')).not.toBe(read('plain.ndjson'));

    for (const id of ['plain', 'own', 'later']) {
      const { code, stdout, stderr } = await replay(id, ['--out', '-', '--out', `${id}.again.csv`]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(read(`${id}.ndjson`));
      if (id !== 'later') expect(read(`${id}.again.csv`)).toBe(read(`${id}.csv`));
    }
    // What this run is given has no say in it.
    const env = { TAPESCAN_WHERE: 'close > 1e9', TAPESCAN_TOP: '1', TAPESCAN_LOOKBACK: '30' };
    expect(await replay('plain', [], { env })).toMatchObject({ code: 0, stdout: read('plain.ndjson') });
  });

  it('names the symbols whose bars were corrected since, and writes nothing', async () => {
    const first = await provider();
    const { scan, replay, read, cwd } = open();
    await scan(first.url, 'monday', asOf(yesterday));
    await first.close();
    const symbols = jsonLines<RankedRow>(read('monday.ndjson'))
      .slice(0, 12)
      .map(({ symbol }) => symbol)
      .sort();
    const corrected = correctMarket(
      market,
      symbols.map((symbol) => ({ symbol, session: yesterday })),
    );
    // At the same address, which is what the cache goes by.
    const second = await provider({ market: corrected, port: Number(new URL(first.url).port) });
    await scan(second.url, 'tuesday', asOf(today));
    writeFileSync(join(cwd, 'out.ndjson'), 'as it was');
    const { code, stdout, stderr } = await replay('monday', ['--out', 'out.ndjson']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      'the ranking of monday cannot be made again, and nothing was written: 12 of its ',
    );
    const named = Array.from(stderr.matchAll(/ {2}(\w+): other bars than then\n/g), ([, symbol]) => symbol);
    expect(named).toHaveLength(10);
    expect(symbols).toEqual(expect.arrayContaining(named));
    expect(stderr).toMatch(/ {2}and 2 more\n.*the provider has corrected them since\n$/);
    expect(read('out.ndjson')).toBe('as it was');
    expect(await replay('tuesday')).toMatchObject({ code: 0, stdout: read('tuesday.ndjson') });
  });

  it('says that the bars are gone where the cache was cleared', async () => {
    const { url } = await provider();
    const { scan, replay, cwd } = open();
    await scan(url, 'monday', asOf(today));
    rmSync(join(cwd, 'cache'), { recursive: true });
    const { code, stdout, stderr } = await replay('monday');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.match(/: its bars are gone\n/g)).toHaveLength(10);
    expect(stderr).toMatch(/nothing was written: (\d+) of its \1 symbols differ\n/);
    expect(stderr).toContain('bars are gone where the cache was cleared');
  });

  it('has the bars of a session that was under way, also when it is over and kept', async () => {
    const { cwd, replay } = open();
    const source = await startSimulatedSource(market);
    onTestFinished(() => source.close());
    const store = openDiskStore({ dir: join(cwd, 'cache') });
    const journal = new Journal({ stateDir: join(cwd, 'state') });
    const recorder = journal.startScan();
    const live = await collectScan({
      ...{ universe: tickers, source, store, id: 'live', asOf: yesterday, forming: today, lookback: 100 },
      onBeside: recorder.onBeside,
    });
    for (const outcome of live.outcomes) recorder.take(outcome);
    const { settings } = await readSettings('scan', ['--source', 'simulator', '--lookback', '100'], {});
    await journal.record(recorder.manifest({ ranking: live.ranking!, dataset: source.dataset, settings }));
    const text = [...live.ranking!.rows].map((row) => `${JSON.stringify(row)}\n`).join('');
    expect(live.ranking!.length).toBeGreaterThan(50);
    expect(text).toContain(`"session":"${formatSession(today)}"`);
    expect(await replay('live')).toMatchObject({ code: 0, stdout: text, stderr: '' });

    // The day as it became is in the cache now, and is another one.
    const final = await startSimulatedSource(
      correctMarket(
        market,
        tickers.map((symbol) => ({ symbol, session: today })),
      ),
    );
    onTestFinished(() => final.close());
    const closed = await collectScan({ universe: tickers, source: final, store, asOf: today, lookback: 100 });
    expect([...closed.ranking!.rows].map(({ features }) => features)).not.toEqual(
      [...live.ranking!.rows].map(({ features }) => features),
    );
    await store.close();
    expect(await replay('live')).toMatchObject({ code: 0, stdout: text, stderr: '' });
  });

  it('needs the folder, and a scan that is in it', async () => {
    const { cwd, replay } = open();
    expect(await runCli(['replay', 'monday'], { cwd })).toMatchObject({
      code: 78,
      stderr: 'tapescan: --state-dir: expected the folder that the scan was given as --state-dir\n',
    });
    expect(await replay('monday')).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('has no scan `monday`, nor any other'),
    });
    expect(await runCli(['replay', '--state-dir', 'state'], { cwd })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('Expected SCAN'),
    });
  });
});

describe('a scan with a journal', () => {
  it('ends before it starts where the journal cannot be written', async () => {
    const { url } = await provider();
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'state'), 'a file');
    const ended = await runCli(['scan', '--polygon-url', url, '--state-dir', 'state'], { input, cwd });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^tapescan: cannot write state\/journal: .*choose another place\n$/);
  });

  it('writes its ranking all the same where the manifest cannot be kept, and says so', async () => {
    const { url } = await provider();
    const { cwd, read } = open();
    const journal = new Journal({ stateDir: join(cwd, 'state') });
    await journal.open();
    // A folder where the manifest should be: it cannot be replaced by a file.
    mkdirSync(join(cwd, 'state/journal/monday.ndjson.gz/in-the-way'), { recursive: true });
    const args = ['scan', '--polygon-url', url, ...asOf(today), '--no-cache', '--scan-id', 'monday'];
    const ended = await runCli([...args, '--state-dir', 'state', '--out', 'ranked.ndjson'], { input, cwd });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^tapescan: cannot write state\/journal\/monday\.ndjson\.gz: /);
    expect(jsonLines<RankedRow>(read('ranked.ndjson')).length).toBeGreaterThan(50);
  });
});
