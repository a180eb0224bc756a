import { ConfigError } from '../../errors.ts';

export type AnswerFormat = 'table' | 'json';

/** The form of an answer to a person or a program. Failure: `ConfigError` for a format of rankings only. */
export function answerFormat(format: string | undefined): AnswerFormat {
  if (format === undefined || format === 'table' || format === 'json') return format ?? 'table';
  throw new ConfigError([`--format: expected table or json for this command, got \`${format}\``]);
}
