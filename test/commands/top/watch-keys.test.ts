import { describe, expect, it } from 'vitest';
import { watchKeys } from '../../../src/commands/top/watch-keys.ts';
import { TestKeyboard } from '../../support/terminal.ts';

function watch(keyboard: TestKeyboard) {
  const seen: string[] = [];
  const unwatch = watchKeys(keyboard, {
    onQuit: () => seen.push('quit'),
    onInterrupt: () => seen.push('interrupt'),
  });
  return { seen, unwatch };
}

describe('watchKeys', () => {
  it.each([
    ['q', ['quit']],
    ['Q', ['quit']],
    ['\x03', ['interrupt']],
    ['xq', ['quit']],
    ['x\x1b[A', []],
  ])('hears %j', (keys, heard) => {
    const keyboard = new TestKeyboard();
    const { seen, unwatch } = watch(keyboard);
    keyboard.press(keys);
    unwatch();
    expect(seen).toEqual(heard);
  });

  it('gives the keyboard back as it was', () => {
    const keyboard = new TestKeyboard();
    const { seen, unwatch } = watch(keyboard);
    expect([keyboard.raw, keyboard.isPaused]).toEqual([[true], false]);
    unwatch();
    keyboard.press('q');
    expect([keyboard.raw, keyboard.isPaused, seen]).toEqual([[true, false], true, []]);
  });

  it('reads nothing of what is no terminal', () => {
    const keyboard = Object.assign(new TestKeyboard(), { isTTY: false });
    const { unwatch } = watch(keyboard);
    unwatch();
    expect([keyboard.raw, keyboard.isPaused, keyboard.listenerCount('data')]).toEqual([[], true, 0]);
  });
});
