import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createProgress } from '../../src/commands/progress.ts';
import { ScanError } from '../../src/errors.ts';
import type { Outcome } from '../../src/types.ts';

const entry = { symbol: 'A', text: 'A', line: 1 };
const skipped: Outcome = { kind: 'skipped', entry, reason: 'duplicate' };
const failed: Outcome = { kind: 'failed', entry, error: new ScanError('timed-out', 'x', { stage: 'fetch' }) };

/** A progress whose clock stands at 10 s after its start, and what it has written. */
function start(lines?: number) {
  const written: string[] = [];
  let time = 0;
  const progress = createProgress({
    write: (text) => written.push(text),
    ...(lines !== undefined && { lines: () => lines }),
    everyMs: 1,
    now: () => time,
  });
  onTestFinished(() => progress.end());
  time = 10_000;
  return { written, progress };
}

describe('createProgress', () => {
  it('says how many, how fast, how long and how many failed, on one line that overwrites itself', async () => {
    const { written, progress } = start(8000);
    for (let count = 0; count < 1995; count++) progress.count(skipped);
    for (let count = 0; count < 5; count++) progress.count(failed);
    await vi.waitFor(() =>
      expect(written.at(-1)).toBe('\r\x1b[K2,000 of about 8,000 symbols · 200/s · 30 s left · 5 failed'),
    );
    expect(written.join('')).not.toContain('\n');
  });

  it.each([[undefined], [1]])('foretells nothing where the lines are %s', async (lines) => {
    const { written, progress } = start(lines);
    progress.count(skipped);
    progress.count(skipped);
    await vi.waitFor(() => expect(written.at(-1)).toBe('\r\x1b[K2 symbols · 0/s · 0 failed'));
  });

  it('clears its line at the end, and writes no more', async () => {
    const { written, progress } = start();
    await vi.waitFor(() => expect(written.length).toBeGreaterThan(0));
    progress.end();
    expect(written.at(-1)).toBe('\r\x1b[K');
    const { length } = written;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toHaveLength(length);
  });

  it('writes nothing at the end where it never wrote', () => {
    const written: string[] = [];
    createProgress({ write: (text) => written.push(text) }).end();
    expect(written).toEqual([]);
  });
});
