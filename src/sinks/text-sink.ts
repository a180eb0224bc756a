import type { Ranking, Sink } from '../types.ts';
import { isNothingFinished } from './nothing-finished.ts';

/** A way to write a ranking as text: chunks of about 64 K characters, made as they are iterated. */
export type TextFormat = (ranking: Ranking) => Iterable<string>;

/** Where text goes: a file that appears as a whole, or a stream. */
export interface TextTarget {
  write(text: string): Promise<void> | undefined;
  commit(): Promise<void>;
  abort(): Promise<void>;
  /** Set once nobody reads any more: the rest need not be written. */
  readonly closedEarly?: boolean;
}

export interface TextSinkOptions {
  readonly name: string;
  readonly format: TextFormat;
  readonly open: () => Promise<TextTarget>;
  /** Whether a ranking takes the place of the one before: one of which nothing is finished then does not. @default false */
  readonly replaces?: boolean;
}

export interface TextSink extends Sink {
  /** Whether the reader went away before the end (`| head`). */
  readonly closedEarly: boolean;
}

/**
 * Writes a ranking as text to a target. Can publish again: a file is replaced, a stream goes on.
 *
 * Failure: the target's, and then it is left as if nothing had been written, where it can be.
 * Holds: two chunks of text and the target's buffer.
 */
export function createTextSink({ name, format, open, replaces = false }: TextSinkOptions): TextSink {
  let target: TextTarget | undefined;
  let closedEarly = false;

  const close = async () => {
    const open = target;
    target = undefined;
    await open?.abort();
  };

  return {
    name,
    get closedEarly() {
      return closedEarly;
    },
    async open() {
      target ??= await open();
    },
    async publish(ranking) {
      if (replaces && isNothingFinished(ranking)) return close();
      target ??= await open();
      try {
        // The next chunk is made while this one is written.
        let writing: Promise<void> | undefined;
        for (const chunk of format(ranking)) {
          await writing;
          if (target.closedEarly) break;
          writing = target.write(chunk);
        }
        await writing;
        await target.commit();
        closedEarly = target.closedEarly ?? false;
        target = undefined;
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
}
