import { styleText } from 'node:util';
import type { StatusLine } from './status-lines.ts';

/** A terminal, as far as it is needed. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

export interface Screen {
  /** Draws over what was there; what is below the last row is left out. */
  draw(lines: readonly StatusLine[]): void;
  /** Gives the terminal back as it was. Further calls do nothing. */
  close(): void;
}

const STYLES = { title: 'bold', heading: 'dim', alarm: 'red' } as const;
/** The alternate screen, without a cursor, and without wrapping: a line that is too long must not move the others. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** Takes a terminal's screen over, until it is closed or the process ends. */
export function openScreen(terminal: Terminal, { colour }: { readonly colour: boolean }): Screen {
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    process.off('exit', close);
    terminal.write(LEAVE);
  };
  process.on('exit', close);
  terminal.write(ENTER);
  return {
    draw(lines) {
      if (!isOpen) return;
      const shown = lines.slice(0, Math.max(1, terminal.rows)).map(({ text, style }) => {
        const styled =
          colour && style !== undefined ? styleText(STYLES[style], text, { validateStream: false }) : text;
        return `${styled}${CLEAR_LINE}`;
      });
      // In one write, and not cleared before: it does not flicker.
      terminal.write(`${HOME}${shown.join('\r\n')}${CLEAR_BELOW}`);
    },
    close,
  };
}
