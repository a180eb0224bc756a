/** The registry of text formats: one line each. */
import { consoleTable } from './console-table.ts';
import { csv } from './csv.ts';
import { json } from './json.ts';
import { jsonLines } from './json-lines.ts';
import type { TextFormat } from './text-sink.ts';

export interface FormatEntry {
  /** The first is what a file is called by whoever has the choice. */
  readonly extensions: readonly string[];
  readonly create: (options: { readonly colour: boolean }) => TextFormat;
}

export const SINK_FORMATS = {
  ndjson: { extensions: ['.ndjson', '.jsonl'], create: () => jsonLines },
  csv: { extensions: ['.csv'], create: () => csv },
  json: { extensions: ['.json'], create: () => json },
  table: { extensions: ['.txt'], create: consoleTable },
} as const satisfies Record<string, FormatEntry>;

export type SinkFormat = keyof typeof SINK_FORMATS;
