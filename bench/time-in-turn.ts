/** Something that is done once a round. */
export type Way = () => Promise<unknown> | unknown;

/**
 * Milliseconds of each way, round by round in turn, forwards and backwards. The first rounds, which are the compiler's, are
 * left out.
 */
export async function timeInTurn<Name extends string>(
  ways: Readonly<Record<Name, Way>>,
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
): Promise<Record<Name, number[]>> {
  const entries = Object.entries<Way>(ways);
  const times = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [name, run] of round % 2 === 0 ? entries : entries.toReversed()) {
      const start = performance.now();
      await run();
      if (round >= warmUp) times.get(name)!.push(performance.now() - start);
    }
  }
  return Object.fromEntries(times) as Record<Name, number[]>;
}
