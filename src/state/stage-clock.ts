/** What a stage has done so far. */
export interface StageFigures {
  readonly stage: string;
  /** Symbols inside now. */
  readonly inside: number;
  /** Symbols that have left it, repetitions counted. */
  readonly passed: number;
  /** Seconds in which symbols were inside. */
  readonly seconds: number;
}

/** Told of a move: how many are inside a stage from then on, and when that was (`performance.now()`). */
export type OnMove = (stage: string, inside: number, at: number) => void;

/** Seconds in which each stage had symbols inside. Stages overlap, so they do not add up to a scan's time. */
export class StageClock {
  readonly #stages = new Map<string, { inside: number; passed: number; since: number; ms: number }>();
  readonly #onMove: OnMove | undefined;

  constructor(onMove?: OnMove) {
    this.#onMove = onMove;
  }

  /** Counts one symbol in or out of a stage. */
  move(name: string, by: 1 | -1): void {
    let stage = this.#stages.get(name);
    if (stage === undefined) {
      stage = { inside: 0, passed: 0, since: 0, ms: 0 };
      this.#stages.set(name, stage);
    }
    const before = stage.inside;
    stage.inside += by;
    if (by === -1) stage.passed++;
    if (before > 0 && stage.inside > 0 && this.#onMove === undefined) return;
    const now = performance.now();
    if (before === 0) stage.since = now;
    if (stage.inside === 0) stage.ms += now - stage.since;
    this.#onMove?.(name, stage.inside, now);
  }

  /** In the order in which the stages were first entered. */
  figures(): StageFigures[] {
    return Array.from(this.#stages, ([stage, { inside, passed, since, ms }]) => ({
      stage,
      inside,
      passed,
      seconds: (inside === 0 ? ms : ms + performance.now() - since) / 1000,
    }));
  }

  /** Seconds by stage, in the order in which the stages were first entered. */
  seconds(): Record<string, number> {
    return Object.fromEntries(this.figures().map(({ stage, seconds }) => [stage, seconds]));
  }
}
