/** Seconds in which each stage had symbols inside. Stages overlap, so they do not add up to a scan's time. */
export class StageClock {
  readonly #stages = new Map<string, { inside: number; since: number; ms: number }>();

  /** Counts one symbol in or out of a stage. */
  move(name: string, by: 1 | -1): void {
    let stage = this.#stages.get(name);
    if (stage === undefined) {
      stage = { inside: 0, since: 0, ms: 0 };
      this.#stages.set(name, stage);
    }
    if (stage.inside === 0) stage.since = performance.now();
    stage.inside += by;
    if (stage.inside === 0) stage.ms += performance.now() - stage.since;
  }

  /** Seconds by stage, in the order in which the stages were first entered. */
  seconds(): Record<string, number> {
    return Object.fromEntries(
      [...this.#stages].map(([name, { inside, since, ms }]) => [
        name,
        (inside === 0 ? ms : ms + performance.now() - since) / 1000,
      ]),
    );
  }
}
