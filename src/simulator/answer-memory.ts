import type { Answer } from './answer.ts';

/** What an answer takes beside its body, about. */
const OVERHEAD_BYTES = 512;

/**
 * Answers that were given, by request: the same request has the same answer, so it need not be made twice.
 *
 * In two generations: when the younger one takes half of the room, it becomes the older one, and what that was is forgotten.
 * One by one, a map of so many would be gone through from its start for each. Holds: `maxBytes`.
 */
export class AnswerMemory {
  readonly #maxBytes: number;
  #young = new Map<string, Answer>();
  #youngBytes = 0;
  #old = new Map<string, Answer>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The answer to a request, made only where it is not kept. What `make` throws is not kept. */
  answer(request: string, make: () => Answer): Answer {
    const kept = this.#young.get(request) ?? this.#old.get(request);
    if (kept !== undefined) return kept;
    const answer = make();
    const bytes = answer.body.length + OVERHEAD_BYTES;
    if (bytes > this.#maxBytes / 2) return answer;
    if (this.#youngBytes + bytes > this.#maxBytes / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(request, answer);
    this.#youngBytes += bytes;
    return answer;
  }
}
