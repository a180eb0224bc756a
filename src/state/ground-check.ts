import { LostGroundError, type ScanError, type SymbolErrorCode } from '../errors.ts';
import type { Traveller } from '../types.ts';

/** Failures that say nothing of the provider's will to answer. */
const NO_REFUSAL: ReadonlySet<SymbolErrorCode> = new Set(['rate-limited', 'bad-bars', 'defect']);

/**
 * Notices a provider that refuses every call: no answer it gave could be used, and it gave `limit` of them.
 * One usable answer ends the suspicion for good: from then on a failure is the
 * symbol's own.
 */
export class GroundCheck {
  readonly #provider: string;
  readonly #limit: number;
  #usable = 0;
  #refused = 0;
  #last: ScanError | undefined;

  constructor(provider: string, limit: number) {
    this.#provider = provider;
    this.#limit = limit;
  }

  /** Takes the result of an attempt; the error where the ground is lost. */
  judge(result: Traveller): LostGroundError | undefined {
    if (result.kind === 'fresh') this.#usable++;
    if (result.kind === 'failed' && !NO_REFUSAL.has(result.error.code)) {
      this.#refused++;
      this.#last = result.error;
    }
    return this.#refused >= this.#limit ? this.verdict() : undefined;
  }

  /** The error where the splits of all symbols could not be had. */
  withoutSplits(error: ScanError): LostGroundError {
    return new LostGroundError(
      `${this.#provider} gives no splits, and without them no price can be trusted. The last answer: ${error.code}, ${error.message}. ${remedy(error.code)}`,
      { cause: error },
    );
  }

  /** The error where not one call brought anything, however few there were. */
  verdict(): LostGroundError | undefined {
    if (this.#usable > 0 || this.#last === undefined) return undefined;
    const { code, message } = this.#last;
    return new LostGroundError(
      `${this.#provider} refused every call (${this.#refused} so far). The last one: ${code}, ${message}. ${remedy(code)}`,
      { cause: this.#last },
    );
  }
}

/** What a person can do about a provider that fails so. */
export function remedy(code: ScanError['code']): string {
  switch (code) {
    case 'unauthorized':
      return 'Check the key (`tapescan sources` names its variable) and what its plan includes.';
    case 'not-in-plan':
      return 'Scan later, with a shorter --lookback, or with a larger plan.';
    case 'connection-failed':
    case 'timed-out':
      return 'Check the network, the provider’s status and its URL in the settings.';
    default:
      return 'Check the provider’s status and its URL in the settings.';
  }
}
