import { lastCompletedSession } from '../calendar/nyse.ts';
import type { Settings } from '../config.ts';
import type { ReadSettings } from '../settings/read-settings.ts';
import { openSource } from '../sources/index.ts';
import { openStdin } from '../sources/stdin.ts';
import { openSymbolFile } from '../sources/symbol-file.ts';
import { Closers } from '../streams/closers.ts';
import { historyOf } from '../streams/history-of.ts';
import { readUniverse } from '../universe/read-universe.ts';
import { asOfSession } from './as-of-session.ts';
import { checkLookahead } from './check/check-lookahead.ts';
import { lookaheadText } from './check/lookahead-text.ts';
import { supplySeries } from './check/supply-series.ts';
import { answerFormat } from './explain/answer-format.ts';
import { writeAnswer } from './explain/write-answer.ts';
import { watchSignals } from './watch-signals.ts';

/** Bars that let a Wilder average of the usual 14 forget its seed: with fewer, no claim about that can be checked. */
const LOOKBACK = 700;
const SIMULATED_SESSIONS = 800;

/**
 * `tapescan check lookahead`: fetches the series of a list of symbols as a scan does, and prints whether anything that is
 * computed of an earlier session depends on a later one.
 *
 * Resolves with the exit code: 1 where something moves or nothing could be compared, 3 where symbols could not be
 * checked, that of the signal where one came; a report of what was checked comes first. Failure: `ConfigError` and
 * `LostGroundError`, thrown after everything was closed.
 */
export async function checkCommand({
  settings: given,
  origins,
}: Pick<ReadSettings, 'settings' | 'origins'>): Promise<number> {
  const settings: Settings = {
    ...given,
    ...(origins.lookback === 'default' && { lookback: LOOKBACK }),
    ...(origins.sessions === 'default' && { sessions: SIMULATED_SESSIONS }),
  };
  const { cutEvery: every, cutLast: last, format } = settings;
  const form = answerFormat(format);
  const asOf = asOfSession(settings);
  const closers = new Closers();
  try {
    const signals = watchSignals({ shutdownTimeoutMs: settings.shutdownTimeout });
    closers.add(signals.close);
    const universe = settings.universe === '-' ? openStdin() : openSymbolFile(settings.universe);
    closers.add(() => universe.stop());
    const source = await openSource(settings, lastCompletedSession(Date.now()));
    closers.add(() => source.close());
    // Not before everything is open: the number of standard input would be given to what is opened next.
    if (signals.signal.aborted) universe.stop();
    else signals.signal.addEventListener('abort', () => universe.stop());

    const history = historyOf(asOf, settings.lookback);
    const supply = supplySeries(readUniverse(universe.chunks), {
      source,
      history,
      attempts: settings.attempts,
      signal: signals.signal,
    });
    const report = await checkLookahead(supply, { history, every, last });
    await writeAnswer(form === 'json' ? [`${JSON.stringify(report, null, 2)}\n`] : lookaheadText(report));
    if (!report.ok) return signals.exitCode ?? 1;
    return signals.exitCode ?? (Object.keys(report.failed).length > 0 ? 3 : 0);
  } finally {
    await closers.close();
  }
}
