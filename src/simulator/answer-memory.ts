import type { Answer } from './answer.ts';

/** What an answer takes beside its body, about. */
const OVERHEAD_BYTES = 512;

/**
 * Answers that were given, by request: the same request has the same answer, so it need not be made twice.
 *
 * Holds: `maxBytes`; beyond, what was made longest ago goes first.
 */
export class AnswerMemory {
  readonly #maxBytes: number;
  /** In the order in which they were made. */
  readonly #answers = new Map<string, Answer>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The answer to a request, made only where it is not kept. What `make` throws is not kept. */
  answer(request: string, make: () => Answer): Answer {
    const kept = this.#answers.get(request);
    if (kept !== undefined) return kept;
    const answer = make();
    const bytes = bytesOf(answer);
    if (bytes > this.#maxBytes) return answer;
    this.#answers.set(request, answer);
    this.#bytes += bytes;
    for (const [oldest, forgotten] of this.#answers) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#answers.delete(oldest);
      this.#bytes -= bytesOf(forgotten);
    }
    return answer;
  }
}

function bytesOf({ body }: Answer): number {
  return body.length + OVERHEAD_BYTES;
}
