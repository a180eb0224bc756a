import { cpSync, rmSync } from 'node:fs';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { formatSession, parseSession } from '../../src/session.ts';
import { END } from '../lab.ts';
import { expectSameNumbers, runStraightforward, runTapescan } from './scan-sides.ts';
import type { Scenario } from './scenario.ts';

/** What is kept ends a session before. */
export const nextDay: Scenario = {
  name: 'next-day-6000',
  shows: '6,000 symbols, kept up to the session before',
  suite: 'quick',
  unit: 'ms',
  async prepare(lab, closers) {
    const market = await lab.market(lab.symbols(6000));
    const dayBefore = formatSession(sessionsBack(parseSession(END), 2));
    const [ours, theirs, copy] = [lab.newFolder(), lab.newFolder(), lab.newFolder()];
    closers.defer(() => {
      for (const folder of [ours, theirs, copy]) rmSync(folder, { recursive: true, force: true });
    });
    await runTapescan(lab, market, { cache: ours, asOf: dayBefore });
    await runStraightforward(lab, market, { cache: theirs, asOf: dayBefore });
    /** Every run finds the evening before. */
    const fromCopy = async <T>(folder: string, run: () => Promise<T>): Promise<T> => {
      rmSync(copy, { recursive: true, force: true });
      cpSync(folder, copy, { recursive: true });
      return run();
    };
    return {
      sides: {
        tapescan: {
          run: () => fromCopy(ours, () => runTapescan(lab, market, { cache: copy })),
          target: {
            most: 400,
            calls: 3,
            why: 'a bar more makes every series another one: all are read, extended, scored, and written again as a whole',
          },
        },
        'straightforward scan': {
          run: () => fromCopy(theirs, () => runStraightforward(lab, market, { cache: copy })),
          isCounterpart: true,
        },
      },
      check: () => expectSameNumbers(lab),
    };
  },
};
