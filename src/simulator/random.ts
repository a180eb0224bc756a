/**
 * Deterministic random numbers: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, seeded by a number and a
 * text, so that each symbol, path or purpose has a sequence of its own that no other one shifts.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, text: string) {
    // Two lanes: with one of 32 bits, a hundred pairs among a million symbols would have the same bars.
    let a = mix(seed | 0);
    let b = mix(~seed ^ 0x9e3779b9);
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      a = Math.imul(a ^ code, 0x85ebca6b);
      a ^= a >>> 13;
      b = Math.imul(b ^ code, 0x27d4eb2f);
      b ^= b >>> 15;
    }
    this.#a = mix(a);
    this.#b = mix(b);
    this.#c = mix(a ^ Math.imul(b, 0xc2b2ae35));
    for (let round = 0; round < 8; round++) this.uint32();
  }

  /** An integer from 0 to 2³² − 1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    const c = this.#c;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (c + (c << 3)) | 0;
    this.#c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number from 0 up to, not including, 1. */
  uniform(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A standard normal number (Box and Muller, 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }
}

/** The finaliser of MurmurHash3 (Austin Appleby, 2008). */
function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
