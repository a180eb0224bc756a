/** A sum that only grows, read now and then: busy milliseconds, processor time. Holds 16 bytes a reading. */
export class LoadCurve {
  readonly #at: number[] = [];
  readonly #sum: number[] = [];

  /** Takes a reading. `at` is not before the last one's. */
  read(at: number, sum: number): void {
    this.#at.push(at);
    this.#sum.push(sum);
  }

  /** What it was at the last reading; 0 before the first. */
  get last(): number {
    return this.#sum.at(-1) ?? 0;
  }

  /** What was added between two times; between two readings, evenly. Before the first and after the last, nothing. */
  between(from: number, to: number): number {
    return this.#valueAt(to) - this.#valueAt(from);
  }

  /** What was added per unit of time from each reading to the next one, at the later of them. */
  *rates(): Generator<readonly [at: number, rate: number]> {
    for (let index = 1; index < this.#at.length; index++) {
      const ms = this.#at[index]! - this.#at[index - 1]!;
      if (ms > 0) yield [this.#at[index]!, (this.#sum[index]! - this.#sum[index - 1]!) / ms];
    }
  }

  #valueAt(at: number): number {
    const times = this.#at;
    if (times.length === 0) return 0;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (times[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return this.#sum[0]!;
    if (low === times.length) return this.#sum[low - 1]!;
    const [before, after] = [times[low - 1]!, times[low]!];
    const [start, end] = [this.#sum[low - 1]!, this.#sum[low]!];
    return start + ((end - start) * (at - before)) / (after - before);
  }
}
