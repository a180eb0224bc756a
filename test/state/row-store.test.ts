import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { ROW_WIDTH } from '../../src/features.ts';
import { RowStore, type RowStoreOptions } from '../../src/state/row-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROW_BYTES = 8 * ROW_WIDTH;
const NOT_THERE = join(import.meta.dirname, 'not-there');

function rowOf(number: number): Float64Array {
  return Float64Array.from({ length: ROW_WIDTH }, (_, column) => number + column / 100);
}

function filled(rows: number, options: RowStoreOptions): RowStore {
  const store = new RowStore(options);
  for (let number = 0; number < rows; number++) store.push(rowOf(number));
  return store;
}

/** Files of a folder that this process has open, with or without a name. */
function openFilesOf(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', descriptor));
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // The descriptor of this listing.
      return [];
    }
  });
}

describe('RowStore', () => {
  test.prop([fc.nat({ max: 200 }), fc.nat({ max: 60 })], { numRuns: 60 })(
    'gives back every row, whatever stays in memory',
    (rows, rowsInMemory) => {
      const folder = temporaryFolder();
      const store = filled(rows, { memoryBytes: rowsInMemory * ROW_BYTES, folder });
      const expected = Array.from({ length: rows }, (_, number) => rowOf(number));
      expect(store.length).toBe(rows);
      expect(Array.from(store, (row) => row.slice())).toEqual(expected);
      expect(expected.map((_, index) => store.row(index).slice())).toEqual(expected);
      if (rows > Math.max(1, rowsInMemory)) expect(store.hasLeft).toBe(true);
      // What is left of a block, which is an eighth, does not count.
      if (rows <= (7 / 8) * rowsInMemory) expect(store.hasLeft).toBe(false);
      expect(openFilesOf(folder)).toHaveLength(store.hasLeft ? 1 : 0);
      store.release();
    },
  );

  it('is gone through by several at once, and by whoever asks for single rows', () => {
    const store = filled(20, { memoryBytes: 4 * ROW_BYTES, folder: temporaryFolder() });
    const [first, second] = [store[Symbol.iterator](), store[Symbol.iterator]()];
    for (let number = 0; number < 20; number++) {
      const row = first.next().value!;
      expect(store.row(19 - number)).toEqual(rowOf(19 - number));
      if (number % 2 > 0) expect(second.next().value).toEqual(rowOf((number - 1) / 2));
      expect(row).toEqual(rowOf(number));
    }
    store.release();
  });

  it('takes more rows in after some were read', () => {
    const store = filled(10, { memoryBytes: 2 * ROW_BYTES, folder: temporaryFolder() });
    expect(store.row(9)).toEqual(rowOf(9));
    for (let number = 10; number < 20; number++) store.push(rowOf(number));
    expect(Array.from({ length: 20 }, (_, index) => store.row(index)[0])).toEqual([...Array(20).keys()]);
    store.release();
  });

  it('keeps a hundred thousand rows in memory, and opens nothing', () => {
    const store = new RowStore({ folder: NOT_THERE, onTrouble: () => expect.unreachable() });
    for (let number = 0; number < 114_688; number++) store.push(rowOf(0));
    expect(store.hasLeft).toBe(false);
  });

  it('has a file without a name, and none once it is released', () => {
    const folder = temporaryFolder();
    const store = filled(10, { memoryBytes: ROW_BYTES, folder });
    expect(readdirSync(folder)).toEqual([]);
    expect(openFilesOf(folder)).toEqual([expect.stringMatching(/ \(deleted\)$/)]);
    store.release();
    store.release();
    expect(openFilesOf(folder)).toEqual([]);
  });

  it('closes the file once nobody can reach the rows', async () => {
    const folder = temporaryFolder();
    let rows: Iterator<Float64Array> | undefined = filled(10, { memoryBytes: ROW_BYTES, folder })[
      Symbol.iterator
    ]();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    rows.next();
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(openFilesOf(folder)).toHaveLength(1);
    expect(rows.next().value).toEqual(rowOf(1));
    rows = undefined;
    await vi.waitFor(() => {
      collect();
      expect(openFilesOf(folder)).toEqual([]);
    });
  });

  it('keeps rows in memory where no file can be made', () => {
    const troubles: unknown[] = [];
    const store = filled(50, {
      memoryBytes: 4 * ROW_BYTES,
      folder: NOT_THERE,
      onTrouble: (error) => troubles.push(error),
    });
    expect(troubles).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
    expect(store.hasLeft).toBe(false);
    expect(Array.from(store, ([first]) => first)).toEqual([...Array(50).keys()]);
  });

  it('keeps rows in memory once the file cannot grow any more', async () => {
    const module = new URL('../../src/state/row-store.ts', import.meta.url).href;
    const options = { memoryBytes: 10 * ROW_BYTES, folder: temporaryFolder() };
    const script = `
      // The limit comes as a signal first.
      process.on('SIGXFSZ', () => {});
      const { RowStore } = await import(${JSON.stringify(module)});
      const onTrouble = ({ code }) => console.log(code);
      const store = new RowStore({ ...${JSON.stringify(options)}, onTrouble });
      for (let number = 0; number < 200; number++) store.push(new Float64Array(${ROW_WIDTH}).fill(number));
      const inTurn = Array.from(store, (row) => row.at(-1));
      const single = inTurn.map((_, index) => store.row(index)[0]);
      console.log(store.hasLeft, [inTurn, single].every((rows) => rows.every((value, index) => value === index)));`;
    // Seventy rows, and a part of the next one.
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      'ulimit -f 40; exec "$0" --input-type=module -e "$1"',
      process.execPath,
      script,
    ]);
    expect(stdout).toBe('EFBIG\ntrue true\n');
  });

  it('loses its ground where rows cannot be read back', () => {
    const folder = temporaryFolder();
    const store = filled(10, { memoryBytes: ROW_BYTES, folder });
    store.release();
    rmSync(folder, { recursive: true });
    const lost = new LostGroundError(
      `cannot read rows of the ranking back from the temporary file in ${folder}: it is closed; set TMPDIR to a folder on another disk`,
    );
    expect(() => store.row(0)).toThrow(lost);
    expect(() => [...store]).toThrow(lost);
    expect(store.row(9)).toEqual(rowOf(9));
  });
});
