import type { Writable } from 'node:stream';
import { cannotWrite } from './cannot-write.ts';
import type { TextTarget } from './text-sink.ts';

/**
 * Writes to a stream that others own, standard output above all: it is not ended, and what is written stays.
 *
 * Failure: `LostGroundError`; a reader that went away (EPIPE) is not one, it sets `closedEarly`.
 * Holds: one chunk, until the stream has taken it.
 */
export function openWritableTarget(name: string, stream: Writable): TextTarget {
  let closedEarly = stream.errored !== null && isReaderGone(stream.errored);
  if (!closedEarly && !stream.writable) throw cannotWrite(name, stream.errored ?? new Error('it is closed'));

  let failed = false;
  // Errors come to the write that met them; without a listener the same error would end the process.
  const ignore = () => {};
  stream.on('error', ignore);
  const release = async () => {
    // The event can follow much later, when the stream has destroyed itself.
    if (!failed) stream.off('error', ignore);
  };

  return {
    get closedEarly() {
      return closedEarly;
    },
    async write(text) {
      if (closedEarly) return;
      const error = await new Promise<Error | null | undefined>((resolve) => stream.write(text, resolve));
      if (!error) return;
      failed = true;
      if (!isReaderGone(error)) throw cannotWrite(name, error);
      closedEarly = true;
    },
    commit: release,
    abort: release,
  };
}

function isReaderGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE';
}
