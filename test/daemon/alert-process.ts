/**
 * A process that fires alerts, for tests that kill it:
 *
 *     node test/daemon/alert-process.ts FOLDER TARGET FIRST [published]
 *
 * Each ranking has another symbol, from number FIRST on. Writes the number of each that it is done with. With `published`, it dies
 * when the first alert is published and not remembered.
 */
import { compileAlerts } from '../../src/criteria/compile-alerts.ts';
import { type AlertDesk, type AlertDeskOptions, createAlertDesk } from '../../src/daemon/alert-desk.ts';
import { createAlertSink } from '../../src/sinks/alert-sink.ts';
import { subjectOfRow } from '../../src/sinks/subject-of-row.ts';
import { listedRanking } from '../support/listed-rankings.ts';

export async function openDesk(
  dir: string,
  target: string,
  options: Partial<AlertDeskOptions> = {},
): Promise<AlertDesk> {
  const rules = await compileAlerts({ alert: [['any', 'close > 0']] });
  const sink = createAlertSink({ target });
  const desk = createAlertDesk({
    rules,
    sink,
    dir,
    subjectOf: subjectOfRow,
    baseMs: 2,
    capMs: 10,
    ...options,
  });
  await desk.open();
  return desk;
}

if (import.meta.main) {
  const [dir = '', target = '', first = '0', death] = process.argv.slice(2);
  const onFired = () => {
    if (death === 'published') process.kill(process.pid, 'SIGKILL');
  };
  const desk = await openDesk(dir, target, { onFired });
  for (let number = Number(first); ; number++) {
    await desk.handle(listedRanking([[`S${number}`]]));
    process.stdout.write(`${number}\n`);
  }
}
