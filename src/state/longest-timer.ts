/** Milliseconds of the longest timer there is: one set for longer fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
