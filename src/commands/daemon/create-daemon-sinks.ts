import type { Settings } from '../../config.ts';
import type { WatchedOutput } from '../../daemon/status.ts';
import type { Logger } from '../../log.ts';
import { createDatedFileSink } from '../../sinks/dated-file.ts';
import { createPatientSink } from '../../sinks/patient.ts';
import { createRotatingFileSink } from '../../sinks/rotating-file.ts';
import type { Sink } from '../../types.ts';
import { createSinks } from '../create-sinks.ts';

/** The name of standard output among sinks: nobody can be asked to take a ranking from it later. */
const STANDARD_OUTPUT = 'standard output';

/**
 * Where a daemon publishes: what `--out` names, a folder with a file for each ranking, a file that they are appended to. With
 * `--spill-dir`, what a sink does not take waits there until it does.
 *
 * None of them is open. Failure: `ConfigError` with the problems of `--out`.
 */
export function createDaemonSinks(settings: Settings, log: Logger): readonly Sink[] {
  const { outDir, keepFiles, append, appendMaxSize, spillDir } = settings;
  const own: Sink[] = [];
  if (outDir !== undefined) {
    own.push(
      createDatedFileSink({
        dir: outDir,
        format: settings.format ?? 'ndjson',
        ...(keepFiles !== undefined && { keep: { count: keepFiles } }),
        onTrouble: (reason) => log.warn({ reason }, 'An old ranking cannot be removed'),
      }),
    );
  }
  if (append !== undefined) {
    own.push(
      createRotatingFileSink({
        path: append,
        maxBytes: appendMaxSize,
        ...(keepFiles !== undefined && { keep: keepFiles }),
      }),
    );
  }
  // Standard output is where rankings go where nothing else is named.
  const named =
    settings.out.length === 0 && own.length > 0
      ? []
      : createSinks(settings, (reason) => log.error({ reason }, 'Readers have lost entries'));
  const sinks = [...named, ...own];
  return spillDir === undefined ? sinks : sinks.map((sink) => patient(sink, spillDir, log));
}

function patient(sink: Sink, spillDir: string, log: Logger): Sink & WatchedOutput {
  if (sink.name === STANDARD_OUTPUT) return sink;
  const { name } = sink;
  const kept = createPatientSink(sink, {
    spillDir,
    onTrouble: (error) =>
      log.warn({ err: error, sink: name }, 'Rankings wait on disk until this output works again'),
    onRecovered: (published) => log.warn({ sink: name, published }, 'The rankings that waited are published'),
    onDropped: (dropped) => log.error({ sink: name, ...dropped }, 'A ranking that waited is lost'),
  });
  return {
    name,
    get waiting() {
      return kept.waiting;
    },
    open: () => kept.open(),
    publish: async (ranking) => {
      await kept.publish(ranking);
    },
    close: () => kept.close(),
  };
}
