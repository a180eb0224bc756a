import type { SymbolId } from '../types.ts';
import type { Listing } from './listing.ts';
import type { MarketReturns } from './market-returns.ts';
import { Random } from './random.ts';
import { SHOCK_BITS, SHOCKS } from './shocks.ts';
import type { SimulatedBars, Split } from './simulated-bars.ts';

/** Chances a session, as thresholds for 32 random bits. */
const SPLIT = perSession(0.0002);
const HALT = SPLIT + perSession(0.0003);
const SPIKE = HALT + perSession(0.012);
const NEW_TREND = SPIKE + perSession(1 / 60);

const LONGEST_HALT = 15;
const LOWEST_PRICE = 0.01;
const HIGHEST_PRICE = 500_000;
const SHOCK_MASK = (1 << SHOCK_BITS) - 1;

/**
 * The bars of one symbol, unadjusted.
 *
 * A session's return is its part of the market's and the sector's, a trend that lasts some months, and a fat-tailed
 * shock whose size clusters; a third of the shock falls into the night. Volume follows its own mood and large moves.
 * Prices are whole cents, from $1 down 4 decimals. More sessions continue the same path.
 *
 * @param symbol Names the sequence of random numbers.
 * @param sessions Day numbers, ascending, one for each of the shared returns.
 */
export function simulateBars(
  seed: number,
  symbol: SymbolId,
  listing: Listing,
  shared: MarketReturns,
  sessions: Int32Array,
): SimulatedBars {
  const first = Math.min(listing.listedAt, sessions.length);
  const end = Math.min(listing.delistedAt, sessions.length);
  const capacity = end - first;
  // One block for all columns: six of their own cost more than the arithmetic of fifty bars.
  const block = new ArrayBuffer(capacity * 44);
  const column = (index: number) => new Float64Array(block, index * capacity * 8, capacity);
  const open = column(0);
  const high = column(1);
  const low = column(2);
  const close = column(3);
  const volume = column(4);
  const session = new Int32Array(block, capacity * 40, capacity);
  const splits: Split[] = [];

  const random = new Random(seed, `bars ${symbol}`);
  const { market } = shared;
  const sector = shared.sectors[listing.sector]!;
  const { beta, sectorBeta, deviation, dollarVolume } = listing;
  /** Chance that nobody trades it in a session. */
  const silence = dollarVolume < 100_000 ? (0.4 * (100_000 - dollarVolume)) / 100_000 : 0;

  let bars = 0;
  let last = toTick(listing.price);
  let trend = random.normal() * deviation * 0.04;
  /** Size of recent shocks, around 1. */
  let heat = 1;
  /** Logarithm of volume against the usual, around 0. */
  let mood = random.normal() * 0.4;
  let haltedFor = 0;

  for (let index = first; index < end; index++) {
    const shocks = random.uint32();
    const ranges = random.uint32();
    const event = random.uint32();
    if (haltedFor > 0) {
      haltedFor--;
      continue;
    }
    let spike = 1;
    if (event < NEW_TREND) {
      if (event < SPLIT) {
        const split = { session: sessions[index]!, ...splitRatio(last, event) };
        splits.push(split);
        last = toTick((last * split.from) / split.to);
      } else if (event < HALT) haltedFor = 1 + (event % LONGEST_HALT);
      else if (event < SPIKE) spike = 2 + (event % 7);
      else trend = random.normal() * deviation * 0.06;
    }

    session[bars] = sessions[index]!;
    if (silence > 0 && (shocks >>> 24) / 256 < silence) {
      // No trade: the bar repeats the last price.
      open[bars] = high[bars] = low[bars] = close[bars] = last;
      bars++;
      continue;
    }

    const night = SHOCKS[shocks >>> (32 - SHOCK_BITS)]!;
    const day = SHOCKS[(shocks >>> 8) & SHOCK_MASK]!;
    const size = deviation * (0.4 + 0.6 * heat) * (spike > 1 ? 1.8 : 1);
    const common = beta * market[index]! + sectorBeta * sector[index]! + trend;
    const overnight = 0.4 * common + 0.5 * size * night;
    const intraday = 0.6 * common + 0.85 * size * day;
    const opened = toTick(last * (1 + clampReturn(overnight)));
    const closed = toTick(opened * (1 + clampReturn(intraday)));
    const up = (ranges >>> 16) / 65_536;
    const down = (ranges & 0xffff) / 65_536;
    const top = opened > closed ? opened : closed;
    const bottom = opened > closed ? closed : opened;
    open[bars] = opened;
    high[bars] = toTick(top * (1 + 1.3 * size * up * up));
    low[bars] = toTick(bottom * (1 - Math.min(0.5, 1.3 * size * down * down)));
    close[bars] = closed;

    const move = Math.abs(night) + Math.abs(day);
    mood = 0.75 * mood + 0.3 * SHOCKS[(ranges ^ (event >>> 9)) & SHOCK_MASK]!;
    const shares = (dollarVolume / closed) * Math.exp(mood) * (0.6 + 0.3 * move) * spike;
    volume[bars] = shares < 1 ? 1 : Math.floor(shares);
    // The sum of two has mean √2.
    heat = 0.93 * heat + 0.07 * Math.min(move / Math.SQRT2, 5);
    last = closed;
    bars++;
  }
  if (bars === capacity) return { session, open, high, low, close, volume, splits };
  return {
    session: session.subarray(0, bars),
    open: open.subarray(0, bars),
    high: high.subarray(0, bars),
    low: low.subarray(0, bars),
    close: close.subarray(0, bars),
    volume: volume.subarray(0, bars),
    splits,
  };
}

/** Rounds to what the exchange quotes; monotone, so that it keeps the order of low, open, close and high. */
function toTick(price: number): number {
  // Not `Math.round`: it takes three times as long, a third of the whole.
  if (price >= 1) return price > HIGHEST_PRICE ? HIGHEST_PRICE : Math.floor(price * 100 + 0.5) / 100;
  return price < LOWEST_PRICE ? LOWEST_PRICE : Math.floor(price * 10_000 + 0.5) / 10_000;
}

function clampReturn(value: number): number {
  return value < -0.6 ? -0.6 : value > 1.5 ? 1.5 : value;
}

/** Dear shares are split, cheap ones joined. */
function splitRatio(price: number, bits: number): Pick<Split, 'from' | 'to'> {
  if (price < 8) return { from: [5, 10, 20][bits % 3]!, to: 1 };
  if (price > 200) return { from: 1, to: [4, 5, 10, 20][bits % 4]! };
  return bits % 4 === 0 ? { from: 2, to: 3 } : { from: 1, to: 2 };
}

function perSession(chance: number): number {
  return chance * 0x1_0000_0000;
}
