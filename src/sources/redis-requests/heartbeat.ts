/** What is in hand, and the sign of life that it gives for as long as it is. */
export interface Heartbeat {
  readonly size: number;
  has(id: string): boolean;
  add(id: string): void;
  remove(id: string): void;
  /** No more signs of life. */
  stop(): void;
}

/**
 * `beat` is called every so often while something is in hand, and not while it is still under way; it asks for the
 * ids as they are when it needs them. It does not reject.
 */
export function createHeartbeat(
  everyMs: number,
  beat: (ids: () => readonly string[]) => Promise<unknown>,
): Heartbeat {
  const inHand = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isBeating = false;
  let isStopped = false;

  const tick = async () => {
    if (isBeating) return;
    isBeating = true;
    await beat(() => [...inHand]);
    isBeating = false;
  };
  const update = () => {
    const isNeeded = inHand.size > 0 && !isStopped;
    if (isNeeded) timer ??= setInterval(tick, everyMs);
    else {
      clearInterval(timer);
      timer = undefined;
    }
  };

  return {
    get size() {
      return inHand.size;
    },
    has: (id) => inHand.has(id),
    add(id) {
      inHand.add(id);
      update();
    },
    remove(id) {
      inHand.delete(id);
      update();
    },
    stop() {
      isStopped = true;
      update();
    },
  };
}
