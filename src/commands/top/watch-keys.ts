/** A keyboard: standard input, where that is a terminal. */
export interface Keyboard {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface Keys {
  readonly onQuit: () => void;
  readonly onInterrupt: () => void;
}

const INTERRUPT = 0x03;

/**
 * Watches for `q` and Ctrl-C, which a terminal in raw mode hands over as a byte. The answer ends it and gives the keyboard
 * back as it was. Without a terminal, nothing is read.
 */
export function watchKeys(keyboard: Keyboard, { onQuit, onInterrupt }: Keys): () => void {
  if (!keyboard.isTTY) return () => {};
  const onData = (bytes: Buffer) => {
    if (bytes.includes(INTERRUPT)) onInterrupt();
    else if (bytes.includes('q') || bytes.includes('Q')) onQuit();
  };
  keyboard.setRawMode?.(true);
  keyboard.on('data', onData);
  keyboard.resume();
  return () => {
    keyboard.off('data', onData);
    keyboard.setRawMode?.(false);
    keyboard.pause();
  };
}
