import type { FeatureRow } from '../types.ts';

/**
 * A number that another row hardly has too: an integer of 53 bits, the same wherever the row was computed.
 *
 * It is of what the bars came to and not of the bars: a restated price that changes no number of the row changes no
 * ranking. NaN is one value, whatever its bits, and −0 is another than 0. It is there to notice, not to defend.
 *
 * MurmurHash3 (Appleby 2011): the 32-bit variant twice, over the lower and the upper halves of the doubles, and the two mixed
 * at the end. Failure: none. Holds: nothing.
 */
export function hashRow(row: FeatureRow): number {
  const words = new Uint32Array(row.buffer, row.byteOffset, row.length * 2);
  let a = row.length;
  let b = ~row.length;
  for (let index = 0; index < row.length; index++) {
    const isNumber = !Number.isNaN(row[index]!);
    a = stir(a, isNumber ? words[2 * index]! : 0);
    b = stir(b, isNumber ? words[2 * index + 1]! : NAN_WORD);
  }
  a = settle(a + Math.imul(b, 5));
  b = settle(b + a);
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

/** No number has it as its upper half. */
const NAN_WORD = 0x7ff80000;

function stir(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  hash ^= k;
  return (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
}

function settle(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
