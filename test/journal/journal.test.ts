import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigError } from '../../src/errors.ts';
import { Journal } from '../../src/journal/journal.ts';
import { manifestOf } from '../support/manifests.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Ages what is there by so many seconds, so that the order of files does not hang on the clock. */
function age(stateDir: string, scan: string, seconds: number): void {
  const written = 1_500_000_000 - seconds;
  utimesSync(join(stateDir, 'journal', `${scan}.ndjson.gz`), written, written);
}

describe('the journal', () => {
  it('has what was recorded, whatever the name of the scan', async () => {
    const stateDir = temporaryFolder();
    const journal = new Journal({ stateDir });
    const names = ['monday', '../../etc/passwd', 'a/b', '%', 'ü', 'x'.repeat(500)];
    for (const name of names) await journal.record(manifestOf(name));
    expect(readdirSync(stateDir)).toEqual(['journal']);
    expect(readdirSync(join(stateDir, 'journal'))).toHaveLength(names.length);
    for (const name of names) expect(await new Journal({ stateDir }).read(name)).toEqual(manifestOf(name));
    expect(await journal.scans()).toEqual(expect.arrayContaining(names.slice(0, 5)));
  });

  it('has the later one of two scans of the same name, whole', async () => {
    const journal = new Journal({ stateDir: temporaryFolder() });
    await journal.record(manifestOf('same'));
    await Promise.all([journal.record(manifestOf('same', ['A'])), journal.record(manifestOf('other'))]);
    expect(await journal.read('same')).toEqual(manifestOf('same', ['A']));
    expect(await journal.scans()).toHaveLength(2);
  });

  it('says which scans it has when one is asked for that it has not', async () => {
    const stateDir = temporaryFolder();
    const journal = new Journal({ stateDir });
    const ask = (scan: string) => journal.read(scan).catch((error: ConfigError) => error);
    expect(await ask('monday')).toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(
        /has no scan `monday`, nor any other: `tapescan scan --state-dir` writes one/,
      ),
    });
    for (const [index, name] of ['monday', 'tuesday', 'wednesday'].entries()) {
      await journal.record(manifestOf(name));
      age(stateDir, name, -index);
    }
    expect(await ask('mondya')).toMatchObject({ message: expect.stringContaining('did you mean `monday`?') });
    expect(await ask('wed')).toMatchObject({ message: expect.stringContaining('did you mean `wednesday`?') });
    expect(await ask('2018')).toMatchObject({
      message: expect.stringContaining('it has 3, the newest: wednesday, tuesday, monday'),
    });
  });

  it('names the file of a scan that is damaged', async () => {
    const stateDir = temporaryFolder();
    const journal = new Journal({ stateDir });
    await journal.open();
    writeFileSync(join(stateDir, 'journal', 'monday.ndjson.gz'), 'not gzip');
    await expect(journal.read('monday')).rejects.toMatchObject({
      name: 'LostGroundError',
      message: expect.stringMatching(/monday\.ndjson\.gz cannot be used: .*header/),
    });
  });

  it.each(['maxScans', 'maxBytes'] as const)('lets the oldest go when %s is reached', async (bound) => {
    const stateDir = temporaryFolder();
    const probe = new Journal({ stateDir });
    await probe.record(manifestOf('scan-00'));
    const { length: size } = readFileSync(join(stateDir, 'journal', 'scan-00.ndjson.gz'));
    age(stateDir, 'scan-00', 100);
    const journal = new Journal({
      stateDir,
      ...(bound === 'maxScans' ? { maxScans: 10 } : { maxBytes: 10.5 * size }),
    });
    let most = 0;
    for (let index = 1; index < 30; index++) {
      const name = `scan-${`${index}`.padStart(2, '0')}`;
      await journal.record(manifestOf(name));
      age(stateDir, name, 100 - index);
      const scans = await journal.scans();
      most = Math.max(most, scans.length);
      // No gaps: those that are left are the newest.
      const oldest = index - scans.length + 1;
      expect([...scans].sort()).toEqual(
        Array.from(scans, (_, at) => `scan-${`${oldest + at}`.padStart(2, '0')}`),
      );
    }
    expect(most).toBe(10);
  });

  it('keeps the one just written, however small the bound', async () => {
    const journal = new Journal({ stateDir: temporaryFolder(), maxBytes: 1 });
    await journal.record(manifestOf('first'));
    await journal.record(manifestOf('second'));
    expect(await journal.scans()).toEqual(['second']);
  });

  it('removes what a killed process left, once there is too much', async () => {
    const stateDir = temporaryFolder();
    const journal = new Journal({ stateDir, maxScans: 1 });
    await journal.open();
    writeFileSync(join(stateDir, 'journal', 'killed.ndjson.gz.999999999.tmp'), 'half');
    await journal.record(manifestOf('first'));
    expect(readdirSync(join(stateDir, 'journal'))).toEqual(['first.ndjson.gz']);
  });

  it('says what helps where it cannot be written', async () => {
    const stateDir = join(temporaryFolder(), 'file');
    writeFileSync(stateDir, '');
    const failing = {
      name: 'LostGroundError',
      message: expect.stringMatching(/^cannot write .*choose another place/),
    };
    const journal = new Journal({ stateDir });
    await expect(journal.open()).rejects.toMatchObject(failing);
    await expect(journal.record(manifestOf('monday'))).rejects.toMatchObject(failing);
  });
});
