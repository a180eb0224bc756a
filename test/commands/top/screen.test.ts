import { describe, expect, it } from 'vitest';
import { openScreen } from '../../../src/commands/top/screen.ts';
import { TestTerminal } from '../../support/terminal.ts';

const LINES = [{ text: 'a title', style: 'title' as const }, { text: 'second' }, { text: 'third' }];

describe('a screen', () => {
  it('takes the terminal over and gives it back', () => {
    const terminal = new TestTerminal();
    const screen = openScreen(terminal, { colour: false });
    expect(terminal.written).toBe('\x1b[?1049h\x1b[?25l\x1b[?7l');
    terminal.written = '';
    screen.close();
    expect(terminal.written).toBe('\x1b[?7h\x1b[?25h\x1b[?1049l');
    screen.close();
    screen.draw(LINES);
    expect(terminal.written).toBe('\x1b[?7h\x1b[?25h\x1b[?1049l');
  });

  it('draws over what was there, and clears the rest', () => {
    const terminal = new TestTerminal();
    const screen = openScreen(terminal, { colour: false });
    terminal.written = '';
    screen.draw(LINES);
    screen.close();
    expect(terminal.written).toMatch('\x1b[Ha title\x1b[K\r\nsecond\x1b[K\r\nthird\x1b[K\x1b[J');
  });

  it('draws no more than there are rows', () => {
    const terminal = new TestTerminal();
    terminal.rows = 2;
    const screen = openScreen(terminal, { colour: false });
    screen.draw(LINES);
    expect(terminal.shown).toEqual(['a title', 'second']);
    screen.close();
  });

  it('has colours where it may', () => {
    const terminal = new TestTerminal();
    const screen = openScreen(terminal, { colour: true });
    screen.draw(LINES);
    screen.close();
    expect(terminal.written).toContain('\x1b[1ma title\x1b[22m');
  });

  it('gives the terminal back when the process ends', () => {
    const terminal = new TestTerminal();
    const before = new Set(process.listeners('exit'));
    const screen = openScreen(terminal, { colour: false });
    const [own] = process.listeners('exit').filter((listener) => !before.has(listener));
    own!(0);
    expect(terminal.written).toContain('\x1b[?1049l');
    screen.close();
    expect(process.listeners('exit')).toEqual([...before]);
  });
});
