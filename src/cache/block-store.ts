import type { BlockHeader } from '../block.ts';
import type { SeriesStore } from '../types.ts';

/** A store that can say what it has without handing it out, of series and of every other sealed block. */
export interface BlockStore extends SeriesStore {
  /**
   * The header of each key's block, in order: what is stored and for which range, at a fraction of the cost of reading
   * it. `undefined` where there is none or where it is damaged; the rest of a block is checked when it is read.
   */
  coverage(keys: readonly string[]): Promise<readonly (BlockHeader | undefined)[]>;
  /** How often an entry read as absent because it was damaged or foreign, so far. */
  readonly damaged: number;
}
