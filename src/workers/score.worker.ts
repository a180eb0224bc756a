/** The entry of a scoring thread: one batch a call. */
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { packAnswer, type ScoreTask, unpackTask } from './messages.ts';
import { scoreBatch } from './score.ts';

export default function scoreTask(task: ScoreTask): unknown {
  const answer = packAnswer(scoreBatch(unpackTask(task), task.options));
  return move({
    [transferableSymbol]: [answer.rows.buffer, answer.layout.buffer, answer.block],
    [valueSymbol]: answer,
  } as never);
}
