import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { peakMemory } from '../../src/state/peak-memory.ts';

const MODULE = fileURLToPath(new URL('../../src/state/peak-memory.ts', import.meta.url));

it('is at least what is resident now', () => {
  expect(peakMemory()).toBeGreaterThan(0.9 * process.memoryUsage.rss());
});

it.runIf(process.platform === 'linux')(
  'does not count the memory of the process that started it',
  async () => {
    const ballast = Buffer.alloc(600 * 2 ** 20, 1);
    const program = `import { peakMemory } from ${JSON.stringify(MODULE)}; console.log(peakMemory())`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect(ballast.at(-1)).toBe(1);
    expect(Number(stdout)).toBeLessThan(300 * 2 ** 20);
  },
);
