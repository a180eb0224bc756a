/** The entry of a scoring thread: one batch a call. */
import { threadId } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { packAnswer, type ScoreAnswer, type ScoreTask, unpackTask } from './messages.ts';
import { scoreBatch } from './score.ts';

export default function scoreTask(task: ScoreTask): unknown {
  const answer = task.timed ? timedAnswer(task) : answerTo(task);
  return move({
    [transferableSymbol]: [answer.rows.buffer, answer.layout.buffer],
    [valueSymbol]: answer,
  } as never);
}

function answerTo(task: ScoreTask): ScoreAnswer {
  return packAnswer(scoreBatch(unpackTask(task), task.options));
}

function timedAnswer(task: ScoreTask): ScoreAnswer {
  const started = monotonicMs();
  const answer = answerTo(task);
  return { ...answer, visit: { threadId, started, ended: monotonicMs() } };
}

/** The clock that all threads share; `performance.now()` counts from the start of each. */
function monotonicMs(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1000 + nanos / 1e6;
}
