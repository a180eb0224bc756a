/** The stages of a scan, as receipts, the summary and errors name them. */
export type Stage = 'universe' | 'prescreen' | 'cache' | 'fetch' | 'decode' | 'score' | 'rank' | 'sink';

/**
 * What can go wrong with one symbol. Code decides on these; messages are for people.
 *
 * `retryable` is the policy of each code: whether asking again may bring a different answer.
 */
export const SYMBOL_ERRORS = {
  'connection-failed': { retryable: true, meaning: 'the connection was refused, reset or closed early' },
  'timed-out': { retryable: true, meaning: 'no complete answer within the time limit' },
  'rate-limited': { retryable: true, meaning: 'the provider asked to slow down' },
  'server-error': { retryable: true, meaning: 'the provider answered 5xx' },
  'unexpected-status': { retryable: false, meaning: 'the provider answered with another status' },
  unauthorized: { retryable: false, meaning: 'the provider refused the key' },
  'not-in-plan': { retryable: false, meaning: 'the plan does not have this date, or this kind of call' },
  'empty-body': { retryable: true, meaning: 'a success without any content' },
  'not-json': { retryable: true, meaning: 'a page (HTML, text) where JSON was expected' },
  malformed: { retryable: true, meaning: 'JSON that breaks off or does not have the documented shape' },
  'provider-error': { retryable: true, meaning: 'a success status with an error inside' },
  'wrong-symbol': { retryable: true, meaning: 'bars of another symbol than the one asked for' },
  'too-large': { retryable: false, meaning: 'an answer beyond the size limit' },
  'bad-bars': { retryable: false, meaning: 'bars out of order, doubled or not numbers' },
  defect: { retryable: false, meaning: 'something unforeseen: worth a report' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

/** Why a symbol was not scanned, or not to the end; `stage` where one of them decided it. */
export const SKIP_REASONS = {
  duplicate: { stage: 'prescreen', meaning: 'the same symbol came before in the list' },
  'line-too-long': { stage: 'prescreen', meaning: 'its line in the list is beyond 1 MiB' },
  interrupted: { stage: null, meaning: 'the scan was stopped (Ctrl-C, SIGTERM) before it was finished' },
  deadline: { stage: null, meaning: 'the time of the scan (`--deadline`) was over before it was finished' },
  'ground-lost': {
    stage: null,
    meaning: 'the scan could not go on: the provider refuses every call, or an output cannot be written',
  },
} as const satisfies Record<string, { stage: Stage | null; meaning: string }>;

export type SymbolErrorCode = keyof typeof SYMBOL_ERRORS;

export interface ScanErrorOptions {
  /** Where it happened. */
  readonly stage: Stage;
  /** Milliseconds the other side asked us to wait (`Retry-After`). */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * The failure of one symbol: it becomes that symbol's outcome and never ends a scan.
 *
 * The message says what was expected and what came, and holds no URL, key or query string.
 */
export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly code: SymbolErrorCode;
  readonly stage: Stage;
  readonly retryAfterMs: number | undefined;

  constructor(code: SymbolErrorCode, message: string, { stage, retryAfterMs, cause }: ScanErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.stage = stage;
    this.retryAfterMs = retryAfterMs;
  }

  get retryable(): boolean {
    return SYMBOL_ERRORS[this.code].retryable;
  }

  /** Any thrown value as a failure of the symbol at hand; what is not foreseen is a defect of ours. */
  static from(cause: unknown, stage: Stage): ScanError {
    if (cause instanceof ScanError) return cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    return new ScanError('defect', `Unexpected failure: ${message}`, { stage, cause });
  }
}

/**
 * A call for many symbols that the provider refused as a whole, because it does not know some of them.
 *
 * The rest can be asked for again without `badSymbols`; where those are not named, half and half.
 */
export class UnknownSymbolsError extends ScanError {
  readonly badSymbols: readonly string[];

  constructor(message: string, badSymbols: readonly string[], cause: unknown) {
    super('unexpected-status', message, { stage: 'fetch', cause });
    this.badSymbols = badSymbols;
  }
}

/** Bad configuration: thrown before anything starts, with every problem in it. Exit code 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The ground gave way (a sink cannot write, the provider refuses every call): the scan ends. Exit code 1. */
export class LostGroundError extends Error {
  override readonly name = 'LostGroundError';

  /** Any thrown value as a lost ground; `doing` says what could not go on. */
  static from(cause: unknown, doing: string): LostGroundError {
    if (cause instanceof LostGroundError) return cause;
    return new LostGroundError(`${doing}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
