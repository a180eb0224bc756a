import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_MAGICS,
  type BlockKind,
  isHeaderIntact,
  isSealIntact,
  readBlockHeader,
  sealBlock,
  stampRange,
  writeBlockHeader,
} from '../src/block.ts';
import { blockOf } from './support/blocks.ts';

const session = fc.integer({ min: -70_000, max: 70_000 });

describe('block', () => {
  it('starts with its magic in letters', () => {
    const magics = (Object.keys(BLOCK_MAGICS) as BlockKind[]).map((kind) =>
      new TextDecoder().decode(blockOf(kind, 0).subarray(0, 4)),
    );
    expect(magics).toEqual(['TSB1', 'TSD1', 'TSS1', 'TSR1']);
  });

  test.prop([
    fc.constantFrom<BlockKind>('series', 'market-day', 'splits', 'rows'),
    fc.record({ count: fc.nat(), from: session, to: session, flags: fc.nat() }),
  ])('reads back the header that was written', (kind, shape) => {
    const bytes = new Uint8Array(32);
    writeBlockHeader(bytes, { kind, ...shape });
    const said = { kind, ...shape, oldest: undefined, newest: undefined };
    expect(readBlockHeader(bytes)).toEqual({ ...said, seal: 0 });
    sealBlock(bytes, 'a');
    const first = readBlockHeader(bytes);
    expect(first).toEqual({ ...said, seal: first!.seal });
    sealBlock(bytes, 'b');
    expect(readBlockHeader(bytes)!.seal).not.toBe(first!.seal);
  });

  test.prop([session, session, session, session])(
    'says the sessions of its rows, or nothing where they are not in its range',
    (from, to, oldest, newest) => {
      const bytes = new Uint8Array(32);
      writeBlockHeader(bytes, { kind: 'series', count: 1, from, to, flags: 0 });
      stampRange(bytes, oldest, newest);
      const isNear = (days: number) => days >= 0 && days < 65_535;
      expect(readBlockHeader(bytes)).toMatchObject({
        oldest: isNear(oldest - from) ? oldest : undefined,
        newest: isNear(to - newest) ? newest : undefined,
      });
    },
  );

  it('is of no kind where its first bytes say so', () => {
    expect(readBlockHeader(new Uint8Array(31))).toBeUndefined();
    const foreign = blockOf('series', 8);
    foreign[0] = 0;
    expect(readBlockHeader(foreign)).toBeUndefined();
    sealBlock(foreign, 'a');
    expect(isSealIntact(foreign, 'a')).toBe(false);
    expect(isHeaderIntact(foreign, 'a')).toBe(false);
  });

  it('is not intact before it is sealed, nor for another key', () => {
    const bytes = blockOf('splits', 40);
    expect(isSealIntact(bytes, 'a')).toBe(false);
    sealBlock(bytes, 'a');
    expect(isSealIntact(bytes, 'a')).toBe(true);
    expect(isHeaderIntact(bytes.subarray(0, 32), 'a')).toBe(true);
    expect(isSealIntact(bytes, 'b')).toBe(false);
    expect(isHeaderIntact(bytes, 'b')).toBe(false);
  });

  it('notices any changed byte behind its seal, and of its header in the header alone', () => {
    const bytes = blockOf('market-day', 50);
    sealBlock(bytes, 'AAPL');
    for (let at = 0; at < bytes.length; at++) {
      bytes[at]! ^= 4;
      expect(isSealIntact(bytes, 'AAPL'), `byte ${at}`).toBe(false);
      // The last four bytes of a header are about the rest.
      expect(isHeaderIntact(bytes.subarray(0, 32), 'AAPL'), `byte ${at}`).toBe(at >= 28);
      bytes[at]! ^= 4;
    }
    expect(isSealIntact(bytes, 'AAPL')).toBe(true);
  });

  test.prop([fc.nat({ max: 200 }), fc.nat({ max: 231 })])(
    'notices that its end is missing',
    (length, cut) => {
      const bytes = blockOf('series', length);
      sealBlock(bytes, 'a');
      fc.pre(cut < bytes.length);
      expect(isSealIntact(bytes.slice(0, cut), 'a')).toBe(false);
    },
  );
});
