import { ConfigError } from '../errors.ts';
import type { AlertSink } from '../types.ts';
import { type AlertFileOptions, createAlertFile } from './alert-file.ts';
import { createAlertStream } from './alert-stream.ts';

export interface AlertSinkOptions extends Omit<AlertFileOptions, 'path'> {
  /** A path, or `redis://[user:password@]host[:port]/database/stream`. */
  readonly target: string;
}

/** Where alerts go by the form of the target. Failure: `ConfigError` where it is none; nothing is opened yet. */
export function createAlertSink({ target, ...file }: AlertSinkOptions): AlertSink {
  if (/^rediss?:\/\//i.test(target)) return createAlertStream({ url: target });
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(target)?.[1];
  const got = scheme === undefined ? `\`${target}\`` : `${scheme}://…`;
  if (scheme !== undefined || target === '' || target === '-' || target.endsWith('/'))
    throw new ConfigError([`Expected alerts to go to a file or a redis:// address, got ${got}`]);
  return createAlertFile({ path: target, ...file });
}
