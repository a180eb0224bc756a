import { type Logger, pino } from 'pino';

import type { LogLevel } from './config.ts';

export type { Logger } from 'pino';

/**
 * The root logger: JSON lines on standard error.
 *
 * Levels by consequence: error = results are lost or a person is needed; warn = recovered; info = lifecycle, a handful
 * a scan; debug = per symbol. Whatever is named like a secret is redacted, should it ever be passed in.
 */
export function createLog(level: LogLevel): Logger {
  const secrets = ['key', 'apiKey', 'polygonKey', 'password', 'authorization', 'headers', 'url'];
  return pino(
    {
      level,
      base: { name: 'tapescan' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
