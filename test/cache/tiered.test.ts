import { describe, expect, it } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { tier } from '../../src/cache/tiered.ts';
import { seriesOf } from '../support/series.ts';
import { storeSuite } from '../support/store-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('tiered store', () => {
  storeSuite(() => tier([createMemoryStore(), openDiskStore({ dir: temporaryFolder() })]));

  it('brings up what only a slower tier has, and asks that one once', async () => {
    const slow = createMemoryStore();
    const asked: string[] = [];
    const counted = {
      ...slow,
      read(keys: readonly string[]) {
        asked.push(...keys);
        return slow.read(keys);
      },
    };
    const store = tier([createMemoryStore(), counted]);
    await slow.write([{ key: 'a', series: seriesOf({ bars: 2 }) }]);
    for (let time = 0; time < 3; time++) {
      const [a, b] = await store.read(['a', 'b']);
      expect(a).toBeDefined();
      expect(b).toBeUndefined();
    }
    expect(asked).toEqual(['a', 'b', 'b', 'b']);
  });
});
