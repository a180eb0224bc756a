/** The names of a setting: `cacheDir` is `cache-dir`, `--cache-dir` and `TAPESCAN_CACHE_DIR`. */

export function keyName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function flagName(name: string): string {
  return `--${keyName(name)}`;
}

export function envName(name: string): string {
  return `TAPESCAN_${keyName(name).replaceAll('-', '_').toUpperCase()}`;
}
