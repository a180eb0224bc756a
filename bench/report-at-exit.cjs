/**
 * Preloaded into a process that is measured: at its end it says what it took, on file descriptor 3. Nobody else sees its last
 * moments. The peak is Linux's own: that of `resourceUsage` begins with the memory of whoever started it.
 */
const { readFileSync, writeSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

/** Of a clock tick, which is what `/proc` counts in. */
const TICK_MS = 10;

if (isMainThread) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    // Behind the name, which may have spaces in it; the 14th and 15th field from there are its children's time.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    const childrenMs = (Number(fields[13]) + Number(fields[14])) * TICK_MS;
    const cpuMs = (userCPUTime + systemCPUTime) / 1000 + childrenMs;
    writeSync(3, JSON.stringify({ cpuMs, rssMb: kilobytes / 1024 }));
  });
}
