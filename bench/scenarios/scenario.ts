import type { Lab } from '../lab.ts';
import type { Table } from '../table.ts';

/** One run of one side. */
export interface Sample {
  /** In the unit of its scenario. */
  readonly value: number;
  readonly cpuMs?: number;
  readonly rssMb?: number;
  /** Calls that reached the provider, by its own count. */
  readonly calls?: number;
}

/** What a side is meant to reach, by its medians. */
export interface Target {
  /** In the unit of the scenario. */
  readonly most?: number;
  readonly rssMb?: number;
  readonly calls?: number;
  /** So many times as fast as the best counterpart, at least. */
  readonly times?: number;
  /** So many times the value of the first side, at most. */
  readonly ofFirst?: number;
  /** A sentence that is said where it is not reached. */
  readonly why?: string;
}

/** A program that takes part. */
export interface Side {
  run(round: number): Promise<Sample>;
  readonly target?: Target;
  /** Somebody else's way to do the same. */
  readonly isCounterpart?: true;
  /** The sides that it cannot do without: together they are its floor. */
  readonly floor?: readonly string[];
}

export interface Contest {
  /** In the order in which they are shown; the first one is what the others are compared with. */
  readonly sides: Readonly<Record<string, Side>>;
  /** Where they were measured already, as many rounds as there were. */
  readonly rounds?: number;
  /** Looks at what the last round left. Failure: an `Error` where the sides did not do the same. */
  check?(): void;
  /** What else the rounds showed. */
  detail?(): Table;
}

/** From the smallest to the largest: a try, minutes, and everything. */
export const SUITES = ['quick', 'short', 'full'] as const;
export type Suite = (typeof SUITES)[number];

/** Something that is worth a number. */
export interface Scenario {
  readonly name: string;
  /** A sentence for the table. */
  readonly shows: string;
  /** The smallest suite that has it. */
  readonly suite: Suite;
  readonly unit: 'ms' | 'µs a symbol' | 'ns a bar' | 'µs a body' | 'ms a day';
  /** Rounds, at most; fewer where they take long. @default that of the suite */
  readonly rounds?: number;
  /** Whether our sides run once unmeasured before: the provider makes its market as it is asked. @default true */
  readonly warmUp?: boolean;
  /**
   * Makes what all rounds need, unmeasured. What it opens goes into `closers`.
   *
   * Failure: `NotHereError` where this machine lacks something.
   */
  prepare(lab: Lab, closers: AsyncDisposableStack): Promise<Contest>;
}

/** What a scenario needs is not on this machine: it is left out, and the reason is said. */
export class NotHereError extends Error {
  override readonly name = 'NotHereError';
}
