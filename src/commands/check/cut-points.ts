export interface CutPoints {
  /** A cut behind every this many bars; 1 is every bar. @default 20 */
  readonly every?: number | undefined;
  /** Cuts behind each of this many newest bars but the last. @default 5 */
  readonly last?: number | undefined;
}

/** How many bars are left at each cut of a series of `bars`: from 1 to `bars` − 1, ascending. */
export function cutPoints(bars: number, { every = 20, last = 5 }: CutPoints = {}): readonly number[] {
  const cuts: number[] = [];
  for (let cut = 1; cut < bars; cut++) if (cut % every === 0 || cut >= bars - last) cuts.push(cut);
  return cuts;
}
