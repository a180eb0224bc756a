import { readFileSync } from 'node:fs';

/**
 * The most resident memory that this process has had, in bytes.
 *
 * On Linux its own: what `resourceUsage` says there begins with the memory of the process that started it.
 */
export function peakMemory(): number {
  const kilobytes = ownPeak() ?? process.resourceUsage().maxRSS;
  return kilobytes * 1024;
}

function ownPeak(): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes);
  } catch {
    return undefined;
  }
}
