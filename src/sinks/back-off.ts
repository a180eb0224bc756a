export interface BackOff {
  readonly baseMs: number;
  readonly capMs: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Milliseconds to wait after so many failures in a row: none, `baseMs`, then twice as long each time up to `capMs`, give or take a quarter. */
export function backOffMs(failures: number, { baseMs, capMs, random }: BackOff): number {
  if (failures === 0) return 0;
  // Within the cap whatever chance says; 2 ** 1024 would be infinite, which is above every cap.
  return Math.min(capMs, baseMs * 2 ** (failures - 1) * (0.75 + random() / 2));
}
