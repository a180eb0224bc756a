import { setFlagsFromString } from 'node:v8';

/** The last version of Node.js whose V8 is known to have the flag: one that does not would say so on standard error. */
const KNOWN_UNTIL = 24;
/** Bytes that a function may run through, as V8 roughly counts them: a hundred answers stay below it. */
const BUDGET = 1_000_000_000;

/**
 * Keeps WebAssembly that is loaded from here on as it is compiled first, unless it has a great deal of work: the client's
 * parser of HTTP would be compiled a second time after a few answers, which takes a tenth of the processor time of a scan of
 * a hundred symbols, and 12 MB.
 *
 * It is for the whole process, so for programs and not for libraries, and best late: modules of Node.js that are loaded
 * with a changed flag are compiled from their source.
 */
export function keepWasmAtBaseline(): void {
  if (Number.parseInt(process.versions.node, 10) > KNOWN_UNTIL) return;
  setFlagsFromString(`--wasm-tiering-budget=${BUDGET}`);
}
