/**
 * Writers of JSON numbers into bytes, up to four digits a store. Each returns the offset after what it wrote, and may
 * leave anything in the `LONGEST_NUMBER` bytes from its start: that room must be there, and is written over next.
 */

/** Room that one number needs. */
export const LONGEST_NUMBER = 28;

const TEN_THOUSAND = 10_000;
const HUNDRED_MILLION = 100_000_000;

/** 0 to 9999 as text in a little-endian word: from the left, and with leading zeros. */
const LEFT = words(TEN_THOUSAND, (value) => String(value));
const PADDED = words(TEN_THOUSAND, (value) => String(value).padStart(4, '0'));
/** Cents of a dollar amount with their point, trailing zeros dropped, and the length of that. */
const CENTS = words(100, trimmedCents);
const CENTS_LENGTH = Uint8Array.from({ length: 100 }, (_, value) => trimmedCents(value).length);

const POINT = 46;
const ZERO = 48;

/**
 * Writes a number as `JSON.stringify` would: the shortest decimal that reads back as the same float64.
 *
 * Whole cents and hundredths of cents, which prices are, go digit by digit. The quotient tells that nothing is lost:
 * a decimal of so few digits is the shortest one of the float64 it reads as.
 */
export function writeNumber(out: DataView, at: number, value: number): number {
  if (value > 0 && value < 200_000) {
    // Not `Math.round`: it takes three times as long, and this is most of a body's time.
    const cents = Math.floor(value * 100 + 0.5);
    if (cents / 100 === value) return writeCents(out, at, cents);
    const ticks = Math.floor(value * TEN_THOUSAND + 0.5);
    if (ticks / TEN_THOUSAND === value) return writeTicks(out, at, ticks);
  } else if (value >= 0 && Number.isSafeInteger(value)) return writeInteger(out, at, value);
  const text = JSON.stringify(value);
  for (let index = 0; index < text.length; index++) out.setUint8(at++, text.charCodeAt(index));
  return at;
}

/** Writes an integer from 0 to 2⁵³ − 1. */
export function writeInteger(out: DataView, at: number, value: number): number {
  if (value < TEN_THOUSAND) {
    out.setUint32(at, LEFT[value]!, true);
    return at + (value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4);
  }
  if (value < HUNDRED_MILLION) {
    const high = (value / TEN_THOUSAND) | 0;
    at = writeInteger(out, at, high);
    out.setUint32(at, PADDED[value - high * TEN_THOUSAND]!, true);
    return at + 4;
  }
  const high = Math.floor(value / HUNDRED_MILLION);
  const low = value - high * HUNDRED_MILLION;
  const middle = (low / TEN_THOUSAND) | 0;
  at = writeInteger(out, at, high);
  out.setUint32(at, PADDED[middle]!, true);
  out.setUint32(at + 4, PADDED[low - middle * TEN_THOUSAND]!, true);
  return at + 8;
}

/** Writes hundredths of cents (0 to 2³¹ − 1) as dollars. */
export function writeTicks(out: DataView, at: number, ticks: number): number {
  const dollars = (ticks / TEN_THOUSAND) | 0;
  const rest = ticks - dollars * TEN_THOUSAND;
  const cents = (rest / 100) | 0;
  if (cents * 100 === rest) return writeCents(out, at, dollars * 100 + cents);
  at = writeInteger(out, at, dollars);
  out.setUint8(at, POINT);
  out.setUint32(at + 1, PADDED[rest]!, true);
  return out.getUint8(at + 4) === ZERO ? at + 4 : at + 5;
}

function writeCents(out: DataView, at: number, cents: number): number {
  const dollars = (cents / 100) | 0;
  const rest = cents - dollars * 100;
  at = writeInteger(out, at, dollars);
  out.setUint32(at, CENTS[rest]!, true);
  return at + CENTS_LENGTH[rest]!;
}

function trimmedCents(value: number): string {
  return value === 0 ? '' : `.${String(value).padStart(2, '0')}`.replace(/0$/, '');
}

function words(length: number, textOf: (value: number) => string): Uint32Array {
  return Uint32Array.from({ length }, (_, value) =>
    Buffer.from(textOf(value).padEnd(4, '\0')).readUInt32LE(),
  );
}
