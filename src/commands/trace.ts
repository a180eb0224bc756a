import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { openAtomicFile } from '../sinks/atomic-file.ts';
import { cannotWrite } from '../sinks/cannot-write.ts';
import { makeDirectory } from '../sinks/directories.ts';
import { safeFileName } from '../sinks/safe-file-name.ts';
import type { Tracer } from '../trace/tracer.ts';

/** A trace under way that has a place to go. */
export interface OpenedTrace {
  readonly tracer: Tracer;
  /** Ends it, writes its files under the name of a scan, and says on standard error where they are and what they say. */
  write(scan: string): Promise<void>;
  /** Ends it without writing anything. Does nothing after `write`. */
  abort(): Promise<void>;
}

/**
 * Starts a trace of this process for a folder, which is made where it is not there.
 *
 * Failure: `LostGroundError` where the folder cannot be written, `ConfigError` on a Node.js that cannot profile threads.
 * Holds: the trace, in memory until it is written.
 */
export async function openTrace(folder: string): Promise<OpenedTrace> {
  try {
    await makeDirectory(folder);
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw cannotWrite(folder, cause);
  }
  // Loaded only here: a scan that is not traced pays nothing.
  const [{ startTrace }, { utilisationText }] = await Promise.all([
    import('../trace/start-trace.ts'),
    import('../trace/utilisation.ts'),
  ]);
  const tracer = await startTrace();
  let ended = false;
  return {
    tracer,
    async write(scan) {
      ended = true;
      const { timeline, profiles, loads } = await tracer.end();
      const name = safeFileName(scan);
      const files = [
        { file: `${name}.trace.json`, text: timeline },
        ...profiles.map(({ thread, text }) => ({
          file: thread === 'main' ? `${name}.cpuprofile` : `${name}.worker-${thread}.cpuprofile`,
          text,
        })),
      ];
      for (const { file, text } of files) {
        const target = await openAtomicFile(join(folder, file));
        await target.write(text);
        await target.commit();
      }
      const paths = files.map(({ file }) => `  ${join(folder, file)}\n`).join('');
      process.stderr.write(`${utilisationText(loads)}Trace written:\n${paths}`);
    },
    async abort() {
      if (!ended) await tracer.end();
      ended = true;
    },
  };
}
