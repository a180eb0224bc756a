import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const SOURCES = new URL('../../src/', import.meta.url).href;
/** A module with one function, which counts down from its argument. */
const MODULE =
  '0061736d0100000001060160017f017f03020100070501016600000a120110000340200041016b22000d000b20000b';
const PARTS = `
  const bytes = Uint8Array.from(Buffer.from('${MODULE}', 'hex'));
  const { f: countDown } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  for (let turn = 0; turn < 20 && !%IsTurboFanFunction(countDown); turn++) {
    countDown(1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  console.log(%IsTurboFanFunction(countDown) ? 'compiled twice' : 'baseline');
`;

/** What becomes of a function of WebAssembly that works through some 100 MB, in a process that did `before` first. */
function fateAfter(before: string): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--allow-natives-syntax', '--input-type=module', '-e', before + PARTS],
    { encoding: 'utf8', timeout: 20_000 },
  );
  return stdout + stderr;
}

describe('WebAssembly that is loaded', () => {
  it('is compiled once more before long, by default', () => {
    expect(fateAfter('')).toBe('compiled twice\n');
  });

  it('stays as it is compiled first, once that is asked for', () => {
    const before = `
      import { keepWasmAtBaseline } from '${SOURCES}sources/keep-wasm-at-baseline.ts';
      keepWasmAtBaseline();
    `;
    expect(fateAfter(before)).toBe('baseline\n');
  });

  it('stays so in a program whose source was asked for bars', () => {
    const before = `
      import { readSettings } from '${SOURCES}settings/read-settings.ts';
      import { openSource } from '${SOURCES}sources/index.ts';
      const argv = ['--source', 'polygon', '--polygon-url', 'http://127.0.0.1:9'];
      const { settings } = await readSettings('scan', argv, { TAPESCAN_POLYGON_KEY: 'a-key-of-a-test' });
      const source = await openSource(settings, 20_000);
      const history = { from: 19_990, to: 20_000, bars: 5 };
      await source.fetchBars('SPY', history, new AbortController().signal).catch(() => {});
      await source.close();
    `;
    expect(fateAfter(before)).toBe('baseline\n');
  });
});
