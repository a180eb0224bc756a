import { extname } from 'node:path';
import type { Writable } from 'node:stream';
import { ConfigError } from '../errors.ts';
import type { Sink } from '../types.ts';
import { openAtomicFile } from './atomic-file.ts';
import { type FormatEntry, SINK_FORMATS, type SinkFormat } from './formats.ts';
import { createRedisStream } from './redis-stream.ts';
import { createTextSink, type TextSink } from './text-sink.ts';
import { openWritableTarget } from './writable-target.ts';

export interface SinkOptions {
  /** `-` for `stdout`, a path, or `redis://[user:password@]host[:port]/database/stream`. */
  readonly target: string;
  /** @default by the extension of a file, else `ndjson` */
  readonly format?: SinkFormat | undefined;
  readonly stdout: Writable;
  /** Whether a table on `stdout` is coloured; a file never is. */
  readonly colour: boolean;
  /** Told what a reader of the sink has lost, in a sentence; the sink goes on. */
  readonly onTrouble?: ((reason: string) => void) | undefined;
}

/** The sink of a target. Failure: `ConfigError` where the target is not one; nothing is opened yet. */
export function createSink({
  target,
  format,
  stdout,
  colour,
  onTrouble = () => {},
}: SinkOptions): Sink | TextSink {
  if (/^rediss?:\/\//i.test(target)) {
    if (format === undefined) {
      const sink: Sink = createRedisStream({
        url: target,
        onGivenUp: (scan) =>
          onTrouble(
            `${sink.name}: the scan ${scan ?? '(unknown)'} was not published to its end: Redis lost what was left of it`,
          ),
        onLost: (entries) =>
          onTrouble(
            `${sink.name}: ${entries} entries were trimmed that a group had not acknowledged: it was ten times \`maxlen\` behind`,
          ),
      });
      return sink;
    }
    throw new ConfigError([`A Redis stream has entries of its own form: leave out the format \`${format}\``]);
  }
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(target)?.[1];
  if (scheme !== undefined)
    throw new ConfigError([`Expected an output to be -, a file or a redis:// address, got ${scheme}://…`]);
  if (target === '')
    throw new ConfigError(['Expected an output to be -, a file or a redis:// address, got ``']);

  if (target === '-') {
    const name = 'standard output';
    return createTextSink({
      name,
      format: SINK_FORMATS[format ?? 'ndjson'].create({ colour }),
      open: async () => openWritableTarget(name, stdout),
    });
  }
  return createTextSink({
    name: target,
    format: SINK_FORMATS[format ?? formatOf(target)].create({ colour: false }),
    open: () => openAtomicFile(target),
    replaces: true,
  });
}

/** The format that a file's extension says, `ndjson` where it says nothing. */
function formatOf(path: string): SinkFormat {
  const extension = extname(path).toLowerCase();
  const found = Object.entries<FormatEntry>(SINK_FORMATS).find(([, { extensions }]) =>
    extensions.includes(extension),
  );
  return (found?.[0] as SinkFormat | undefined) ?? 'ndjson';
}
