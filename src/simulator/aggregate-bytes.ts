import { LONGEST_NUMBER, writeInteger, writeNumber, writeTicks } from './json-numbers.ts';
import type { SimulatedBars } from './simulated-bars.ts';

const COMMA = 44;
const OPEN = 123;
const CLOSE = 125;

/** Keys with quotes and colon as little-endian words. */
const [C, H, L, N, O, T, V] = Array.from('chlnotv', (key) => Buffer.from(`"${key}":`).readUInt32LE());
const [VW_START, VW_END] = [Buffer.from(',"vw').readUInt32LE(), Buffer.from('":').readUInt16LE()];

/** Most bytes of one row without its ticker: eight numbers with their keys. */
const LONGEST_ROW = 8 * (LONGEST_NUMBER + 6) + 8;
/** Shares of a usual trade: there is no tape to count. */
const SHARES_A_TRADE = 137;

/** Text of JSON bodies, written into one block that is used again for each. */
export class AggregateBytes {
  #bytes = Buffer.alloc(1 << 16);
  #out = new DataView(this.#bytes.buffer);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  text(text: string): void {
    // Three bytes are the most that one code unit takes in UTF-8.
    this.#reserve(text.length * 3);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  /**
   * One bar as `{"v":…,"vw":…,"o":…,"c":…,"h":…,"l":…,"t":…,"n":…}`, with a leading `"T":"…",` where there is a
   * `ticker`. A session without trades has neither `vw` nor `n`.
   *
   * @param timeMs Epoch milliseconds.
   */
  bar(bars: SimulatedBars, index: number, timeMs: number, ticker?: string): void {
    this.#reserve(LONGEST_ROW + (ticker === undefined ? 0 : ticker.length * 3 + 8));
    const out = this.#out;
    const volume = bars.volume[index]!;
    const high = bars.high[index]!;
    const low = bars.low[index]!;
    const close = bars.close[index]!;
    let at = this.#length;
    out.setUint8(at++, OPEN);
    if (ticker !== undefined) at += this.#bytes.write(`"T":${JSON.stringify(ticker)},`, at, 'utf8');
    out.setUint32(at, V!, true);
    at = writeNumber(out, at + 4, volume);
    if (volume > 0) {
      out.setUint32(at, VW_START!, true);
      out.setUint16(at + 4, VW_END!, true);
      at = writeAverage(out, at + 6, (high + low + 2 * close) / 4);
    }
    at = writePrice(out, at, O!, bars.open[index]!);
    at = writePrice(out, at, C!, close);
    at = writePrice(out, at, H!, high);
    at = writePrice(out, at, L!, low);
    out.setUint8(at, COMMA);
    out.setUint32(at + 1, T!, true);
    at = writeInteger(out, at + 5, timeMs);
    if (volume > 0) {
      out.setUint8(at, COMMA);
      out.setUint32(at + 1, N!, true);
      at = writeInteger(out, at + 5, 1 + Math.floor(volume / SHARES_A_TRADE));
    }
    out.setUint8(at, CLOSE);
    this.#length = at + 1;
  }

  comma(): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = COMMA;
  }

  /** A copy of what was written since `clear`. */
  take(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.alloc((this.#length + count) * 2);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#out = new DataView(larger.buffer);
  }
}

function writePrice(out: DataView, at: number, key: number, price: number): number {
  out.setUint8(at, COMMA);
  out.setUint32(at + 1, key, true);
  return writeNumber(out, at + 5, price);
}

function writeAverage(out: DataView, at: number, price: number): number {
  const ticks = Math.floor(price * 10_000 + 0.5);
  return ticks >= 0 && ticks < 2 ** 31 ? writeTicks(out, at, ticks) : writeNumber(out, at, ticks / 10_000);
}
