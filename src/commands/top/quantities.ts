/** Numbers as people read them at a glance. */

/** 1,234 */
export function countText(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A rate: 1,234/s; one digit more where it is below ten. */
export function rateText(perSecond: number): string {
  return `${perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : countText(perSecond)}/s`;
}

/** 512 B, 3.4 kB, 120 MB, 1.5 GB */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 850 ms, 12.3 s, 4 min 05 s, 3 h 12 min, 2 d 7 h */
export function durationText(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24} h`;
}

/** 93 % */
export function shareText(part: number | null): string {
  return part === null ? 'none' : `${Math.round(part * 100)} %`;
}
