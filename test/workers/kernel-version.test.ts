import { appendFileSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KERNEL_VERSION, kernelVersionOf } from '../../src/workers/kernel-version.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('is another one wherever the code of the kernel is, and the same wherever it lies', () => {
  const folder = temporaryFolder();
  for (const name of ['workers', 'features.ts', 'series.ts', 'session.ts', 'types.ts']) {
    cpSync(join(import.meta.dirname, '../../src', name), join(folder, name), { recursive: true });
  }
  expect(kernelVersionOf(folder)).toBe(KERNEL_VERSION);
  appendFileSync(join(folder, 'types.ts'), '// Types are gone when code runs.\n');
  expect(kernelVersionOf(folder)).toBe(KERNEL_VERSION);
  const versions = ['features.ts', 'workers/last-values/wilder.ts', 'workers/classic.ts'].map((name) => {
    appendFileSync(join(folder, name), ' ');
    return kernelVersionOf(folder);
  });
  writeFileSync(join(folder, 'workers/another.ts'), '');
  versions.push(kernelVersionOf(folder));
  expect(new Set([KERNEL_VERSION, ...versions]).size).toBe(5);
});
