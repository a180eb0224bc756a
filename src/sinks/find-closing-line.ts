import type { FileHandle } from 'node:fs/promises';

/** How a closing line starts. In the JSON of a row it cannot be: there the quotes of a text are escaped. */
export const CLOSING_START = '{"type":"summary"';

export interface ClosingLine {
  /** With its line feed. */
  readonly line: string;
  /** Where it ends in the file. */
  readonly end: number;
}

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * The last whole closing line of a file of rankings, `undefined` where there is none.
 *
 * Reads from the end, no further than to that line. Holds: a chunk of the file, and the line.
 */
export async function findClosingLine(file: FileHandle, size: number): Promise<ClosingLine | undefined> {
  // A start that lies across two chunks is found in the one further ahead.
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const from = Math.max(0, end - CHUNK_BYTES);
    const chunk = await read(file, from, Math.min(size, end + CLOSING_START.length - 1));
    for (let at = chunk.length; at > 0; ) {
      at = chunk.lastIndexOf(CLOSING_START, at - 1);
      if (at === -1) break;
      const found = await wholeLine(file, from + at, size);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The line from `start` on, where it is one, and one of JSON. */
async function wholeLine(file: FileHandle, start: number, size: number): Promise<ClosingLine | undefined> {
  if (start > 0 && (await read(file, start - 1, start))[0] !== NEWLINE) return undefined;
  let text = Buffer.alloc(0);
  for (let from = start; from < size; from += CHUNK_BYTES) {
    const chunk = await read(file, from, Math.min(size, from + CHUNK_BYTES));
    const newline = chunk.indexOf(NEWLINE);
    text = Buffer.concat([text, newline === -1 ? chunk : chunk.subarray(0, newline + 1)]);
    if (newline === -1) continue;
    const line = text.toString();
    return isJson(line) ? { line, end: start + text.length } : undefined;
  }
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function read(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
