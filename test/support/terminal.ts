import { EventEmitter } from 'node:events';

/** A terminal's two ends: keys that a test presses, and all that was written. */
export class TestTerminal extends EventEmitter {
  readonly isTTY = true;
  columns = 100;
  rows = 40;
  written = '';

  write(text: string): boolean {
    this.written += text;
    this.emit('written');
    return true;
  }

  /** What is on the screen, line by line, after the last drawing; without colours. */
  get shown(): string[] {
    const last = this.written.slice(this.written.lastIndexOf('\x1b[H'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal obeys
    return last.replaceAll(/\x1b\[[\d;?]*[A-Za-z]/g, '').split('\r\n');
  }

  /** Resolves once what is on the screen is as wanted. */
  async until(condition: (shown: string) => boolean): Promise<void> {
    while (!condition(this.shown.join('\n')))
      await new Promise<void>((resolve) => this.once('written', resolve));
  }
}

/** Keys that a test presses. */
export class TestKeyboard extends EventEmitter {
  readonly isTTY = true;
  /** Each change of the raw mode. */
  readonly raw: boolean[] = [];
  isPaused = true;

  setRawMode(isRaw: boolean): void {
    this.raw.push(isRaw);
  }

  resume(): void {
    this.isPaused = false;
  }

  pause(): void {
    this.isPaused = true;
  }

  press(keys: string): void {
    this.emit('data', Buffer.from(keys));
  }
}
