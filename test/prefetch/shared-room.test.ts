import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { SharedRoom } from '../../src/prefetch/shared-room.ts';

describe('SharedRoom', () => {
  test.prop([fc.array(fc.oneof(fc.nat({ max: 20_000 }), fc.nat({ max: 3_000_000 })), { maxLength: 60 })])(
    'gives each its own place, where doubles may lie, in few blocks',
    (sizes) => {
      const room = new SharedRoom();
      const ends = new Map<SharedArrayBuffer, number>();
      for (const size of sizes) {
        const { buffer, offset } = room.take(size);
        expect(offset % 8).toBe(0);
        expect(offset).toBeGreaterThanOrEqual(ends.get(buffer) ?? 0);
        expect(offset + size).toBeLessThanOrEqual(buffer.byteLength);
        expect(new Uint8Array(buffer, offset, size).every((byte) => byte === 0)).toBe(true);
        ends.set(buffer, offset + size);
      }
      const large = sizes.filter((size) => size > 500_000).length;
      const small = sizes.reduce((sum, size) => sum + (size > 500_000 ? 0 : size + 8), 0);
      expect(ends.size).toBeLessThanOrEqual(2 * large + 2 + small / 500_000);
    },
  );
});
