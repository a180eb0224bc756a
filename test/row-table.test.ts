import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { sealBlock } from '../src/block.ts';
import { decodeRows, encodeRows, type RowTable } from '../src/row-table.ts';

const WIDTH = 3;
const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -0, Number.POSITIVE_INFINITY));
const table = fc.record({
  question: fc.string(),
  from: fc.integer({ min: 0, max: 30_000 }),
  to: fc.integer({ min: 0, max: 30_000 }),
  width: fc.constant(WIDTH),
  rows: fc.array(
    fc.record({
      symbol: fc.string(),
      row: fc
        .array(number, { minLength: WIDTH, maxLength: WIDTH })
        .map((numbers) => Float64Array.from(numbers)),
      seal: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      splits: fc.option(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)), {
        nil: undefined,
      }),
    }),
  ),
});

const one: RowTable = {
  ...{ question: 'which?', from: 1, to: 9, width: 2 },
  rows: [{ symbol: 'A', row: Float64Array.of(1, 2), seal: 5, splits: [3, 2] }],
};

describe('row table', () => {
  test.prop([table, fc.nat({ max: 9 })])('comes back as it was, wherever its bytes lie', (rows, offset) => {
    const bytes = encodeRows(rows);
    const elsewhere = new Uint8Array(bytes.length + offset).subarray(offset);
    elsewhere.set(bytes);
    for (const there of [bytes, elsewhere]) expect(decodeRows(there, rows.question)).toEqual(rows);
    expect(decodeRows(bytes, `${rows.question}?`)).toBeUndefined();
  });

  it('is none where the bytes are something else', () => {
    const bytes = encodeRows(one);
    expect(decodeRows(bytes, 'which?')).toEqual(one);
    expect(decodeRows(bytes.subarray(0, bytes.length - 1), 'which?')).toBeUndefined();
    expect(decodeRows(new Uint8Array(100), 'which?')).toBeUndefined();
    const foreign = bytes.slice();
    foreign[2] = 0x53;
    sealBlock(foreign, 'a');
    expect(decodeRows(foreign, 'which?')).toBeUndefined();
  });
});
