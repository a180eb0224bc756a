/**
 * A process that publishes rankings to a file through a patient sink, for tests that kill it:
 *
 *     node test/sinks/patient-process.ts SPILL_FOLDER FILE
 *
 * Writes a line for each ranking that it may forget. As long as the folder of the file is not there, the file cannot be written.
 */
import { createPatientSink, type PatientSink } from '../../src/sinks/patient.ts';
import { createRotatingFileSink } from '../../src/sinks/rotating-file.ts';
import { createRanking } from '../support/rankings.ts';

export function openPatientFile(spillDir: string, path: string): PatientSink {
  return createPatientSink(createRotatingFileSink({ path }), { spillDir, baseMs: 2, capMs: 10 });
}

/** The ranking of a number: some are long enough to be killed in the middle. */
export function rankingOf(number: number): ReturnType<typeof createRanking> {
  return createRanking(number % 3 === 2 ? 700 : number % 7, { scan: `scan-${number}` });
}

if (import.meta.main) {
  const [spillDir = '', path = ''] = process.argv.slice(2);
  const sink = openPatientFile(spillDir, path);
  for (let number = 0; ; number++) {
    const delivery = await sink.publish(rankingOf(number));
    process.stdout.write(`${number} ${delivery}\n`);
  }
}
