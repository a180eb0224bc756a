import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { BarColumns } from '../../../../src/workers/indicators/indicator.ts';

/** Where the outputs of other libraries are, beside the repository; not part of it. */
const VECTORS = fileURLToPath(new URL('../../../../../shared/data/indicator-vectors/', import.meta.url));

export const hasVectors = existsSync(VECTORS);

/** A CSV by its columns, NaN where a cell is empty. */
export interface Table {
  readonly names: readonly string[];
  column(name: string): Float64Array;
}

export function vectorFiles(folder: string): readonly string[] {
  return readdirSync(VECTORS + folder).map((name) => `${folder}/${name}`);
}

export function readVectors(path: string): string {
  const bytes = readFileSync(VECTORS + path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

export function readTable(path: string): Table {
  return tableOf(readVectors(path));
}

/** The table of a CSV's text. */
export function tableOf(text: string): Table {
  const [header, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(','));
  const names = header!;
  return {
    names,
    column(name) {
      const index = names.indexOf(name);
      if (index < 0) throw new RangeError(`Expected a column of ${names.join(', ')}, got \`${name}\``);
      return Float64Array.from(rows, (row) => (row[index] ? Number(row[index]) : Number.NaN));
    },
  };
}

export function barsOf(table: Table): BarColumns {
  return {
    open: table.column('open'),
    high: table.column('high'),
    low: table.column('low'),
    close: table.column('close'),
    volume: table.column('volume'),
  };
}
