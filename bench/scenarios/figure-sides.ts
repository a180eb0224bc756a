import type { Lab } from '../lab.ts';
import type { Contest, Side } from './scenario.ts';

export interface FigureSide extends Omit<Side, 'run'> {
  /** Its name among the figures of the script. */
  readonly figure: string;
}

/**
 * Sides that one script measures against each other in a process of its own, round by round in turn.
 *
 * Failure: an `Error` where the script does not tell one of them.
 */
export async function figureSides(
  lab: Lab,
  script: string,
  args: readonly string[],
  sides: Readonly<Record<string, FigureSide>>,
): Promise<Contest> {
  const figures = await lab.figures(script, args);
  const samplesOf = (figure: string) => {
    const samples = figures[figure];
    if (samples === undefined || samples.length === 0) throw new Error(`bench/${script} tells no ${figure}`);
    return samples;
  };
  return {
    rounds: Math.min(...Object.values(sides).map(({ figure }) => samplesOf(figure).length)),
    sides: Object.fromEntries(
      Object.entries(sides).map(([name, { figure, ...side }]) => {
        const samples = samplesOf(figure);
        return [name, { ...side, run: async (round: number) => ({ value: samples[round]! }) }];
      }),
    ),
  };
}
