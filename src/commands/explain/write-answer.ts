import { chunkText } from '../../sinks/chunk-text.ts';
import { openWritableTarget } from '../../sinks/writable-target.ts';

/**
 * Writes a command's answer to standard output, for as long as there is somebody who reads it.
 *
 * Failure: `LostGroundError` where it cannot be written. Holds: a chunk.
 */
export async function writeAnswer(pieces: Iterable<string>): Promise<void> {
  const output = openWritableTarget('standard output', process.stdout);
  for (const chunk of chunkText(pieces)) {
    // Files are foreign: what steers a terminal does not reach it.
    await output.write(chunk.replaceAll(/[^\P{C}\n]/gu, '\uFFFD'));
    if (output.closedEarly) break;
  }
  await output.commit();
}
