/**
 * Writing the ranking of 6,000 symbols to a file that appears whole: NDJSON and CSV, from rows that are made beforehand; ms,
 * medians of interleaved rounds.
 *
 * The floor is what no NDJSON does without: its text made, and its bytes on disk, by one write, one sync and one rename.
 *
 *     node bench/write.ts [--rounds 15]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CrossSection } from '../src/cross-section/cross-section.ts';
import { createSink } from '../src/sinks/index.ts';
import { Ranker } from '../src/state/ranker.ts';
import type { Ranking } from '../src/types.ts';
import { createRanking } from '../test/support/rankings.ts';
import { marketRows } from './market-rows.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';
import { timeInTurn } from './time-in-turn.ts';

const SYMBOLS = 6000;
const WARM_UP = 5;
const { values: asked } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });

const population = new CrossSection();
const ranker = new Ranker({ population });
for (const { symbol, row } of marketRows(SYMBOLS)) {
  population.add(row);
  ranker.add(symbol, row);
}
const rows = [...ranker.rows('bench')];
const ranking: Ranking = { ...createRanking(SYMBOLS), rows };

const folder = mkdtempSync(join(tmpdir(), 'tapescan-bench-'));
try {
  const [ndjson, csv, plain] = ['ranking.ndjson', 'ranking.csv', 'plain'].map((name) => join(folder, name));
  const publishing = (target: string) => {
    const sink = createSink({ target, stdout: process.stdout, colour: false });
    return () => sink.publish(ranking);
  };
  const publishLines = publishing(ndjson!);
  await publishLines();
  const bytes = readFileSync(ndjson!);
  const lines = bytes.toString().split('\n').length - 1;
  if (lines !== SYMBOLS) throw new Error(`${lines} lines were written`);

  const times = await timeInTurn(
    {
      ndjson: publishLines,
      csv: publishing(csv!),
      'floor: text': () => {
        let length = 0;
        for (const row of rows) length += JSON.stringify(row).length + 1;
        if (length < bytes.length / 2) throw new Error(`The text has ${length} characters`);
      },
      'floor: file': async () => {
        await writeFile(`${plain}.tmp`, bytes, { flush: true });
        await rename(`${plain}.tmp`, plain!);
      },
    },
    { rounds: Number(asked.rounds), warmUp: WARM_UP },
  );
  console.log(`${SYMBOLS} rows, ${(bytes.length / 1e6).toFixed(1)} MB of NDJSON`);
  for (const [name, values] of Object.entries(times)) {
    console.log(`${name.padEnd(12)} ${median(values).toFixed(1).padStart(8)} ms`);
  }
  tellFigures(times);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
