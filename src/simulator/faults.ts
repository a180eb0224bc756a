import { ConfigError } from '../errors.ts';
import { Random } from './random.ts';

/** What can be made to go wrong, and how the client sees it. */
export const FAULTS = {
  '429': 'status 429 without Retry-After',
  '429-retry-after': 'status 429 with Retry-After: 1',
  '500': 'status 500',
  reset: 'the connection is reset before the answer',
  truncate: 'the body ends early: by turns the connection closes, or a well-framed answer is cut short',
  malformed: 'the JSON is broken in the middle',
  html: 'status 200 with an HTML page',
  'error-200': 'status 200 with an error in its JSON',
  slow: 'the body dribbles',
  hang: 'no answer until the client leaves',
  empty: 'status 200 without a body',
  'wrong-symbol': "another ticker's bars (of the calls for one ticker's bars)",
} as const;

export type FaultKind = keyof typeof FAULTS;

/** The rate (0 to 1) of each kind; together at most 1. */
export type FaultRates = Partial<Readonly<Record<FaultKind, number>>>;

/**
 * Fault rates from texts of the form `429=0.02`.
 *
 * Failure: a `ConfigError` with every problem.
 */
export function parseFaults(texts: readonly string[]): FaultRates {
  const rates: Partial<Record<FaultKind, number>> = {};
  const problems: string[] = [];
  let sum = 0;
  for (const text of texts) {
    const [kind = '', rateText = '', ...rest] = text.split('=');
    const rate = rateText.trim() === '' || rest.length > 0 ? Number.NaN : Number(rateText);
    if (!isFaultKind(kind)) {
      problems.push(`Expected a fault to be one of ${Object.keys(FAULTS).join(', ')}, got \`${kind}\``);
    } else if (!(rate >= 0 && rate <= 1)) {
      problems.push(
        `Expected fault \`${kind}\` to have a rate from 0 to 1 (\`${kind}=0.02\`), got \`${text}\``,
      );
    } else if (rates[kind] !== undefined) {
      problems.push(`Expected fault \`${kind}\` once, got it again as \`${text}\``);
    } else {
      rates[kind] = rate;
      sum += rate;
    }
  }
  // Ten times 0.1 is a little more than 1.
  if (sum > 1 + 1e-9) problems.push(`Expected the rates of faults to add up to at most 1, got ${sum}`);
  if (problems.length > 0) throw new ConfigError(problems);
  return rates;
}

function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(FAULTS, text);
}

/** What was drawn for one attempt. */
export interface Draw {
  readonly fault: FaultKind | undefined;
  /** From 0 up to 1: for whatever else is left to chance. */
  readonly variant: number;
  readonly jitter: number;
}

/** Paths whose attempts are remembered; the oldest is forgotten first, and then counts from its first attempt again. */
const REMEMBERED_PATHS = 1_000_000;

/**
 * Draws faults by seed, path and attempt: the same requests meet the same faults in whatever order they come, and a
 * retry draws afresh.
 *
 * Holds: a path and a count for each path asked for, up to a million.
 */
export class FaultDraws {
  readonly #seed: number;
  readonly #rates: readonly (readonly [FaultKind, number])[];
  readonly #attempts = new Map<string, number>();

  constructor(seed: number, rates: FaultRates) {
    this.#seed = seed;
    this.#rates = Object.keys(FAULTS)
      .filter(isFaultKind)
      .map((kind) => [kind, rates[kind] ?? 0] as const);
  }

  /** @param path With its query, without a key. */
  next(path: string): Draw {
    const attempt = this.#attempts.get(path) ?? 0;
    if (attempt === 0 && this.#attempts.size >= REMEMBERED_PATHS) {
      this.#attempts.delete(this.#attempts.keys().next().value!);
    }
    this.#attempts.set(path, attempt + 1);
    const random = new Random(this.#seed, `${attempt} ${path}`);
    const uniform = random.uniform();
    let below = 0;
    const drawn = this.#rates.find(([, rate]) => {
      below += rate;
      return uniform < below;
    });
    return { fault: drawn?.[0], variant: random.uniform(), jitter: random.uniform() };
  }
}
