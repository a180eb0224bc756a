import { globSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path/posix';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../src');
/** What the folders may import beside their own files; a folder's name stands for its files. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'types.ts': ['errors.ts', 'listing.ts', 'panel-filler.ts'],
  'listing.ts': ['types.ts'],
  'all-rows.ts': ['types.ts'],
  'errors.ts': [],
  'block.ts': ['types.ts'],
  'series.ts': ['types.ts', 'block.ts'],
  'market-day.ts': ['types.ts', 'block.ts'],
  'panel-filler.ts': ['types.ts', 'series.ts', 'market-day.ts'],
  'split-table.ts': ['types.ts', 'block.ts'],
  'row-table.ts': ['types.ts', 'block.ts'],
  'standing.ts': ['types.ts', 'block.ts', 'series.ts'],
  'store-keys.ts': ['types.ts', 'session.ts'],
  'session.ts': ['types.ts'],
  'features.ts': ['types.ts', 'session.ts'],
  'version.ts': [],
  'log.ts': ['config.ts'],
  'command-names.ts': [],
  'config.ts': ['settings', 'command-names.ts', 'rules.ts', 'types.ts'],
  'rules.ts': ['errors.ts'],
  settings: ['command-names.ts', 'config.ts', 'errors.ts', 'session.ts'],
  calendar: ['types.ts', 'session.ts'],
  criteria: [
    'types.ts',
    'errors.ts',
    'features.ts',
    'listing.ts',
    'cross-section/factors.ts',
    'settings/nearest.ts',
  ],
  universe: ['types.ts', 'errors.ts', 'rules.ts'],
  'cross-section': ['types.ts', 'features.ts'],
  state: ['types.ts', 'errors.ts', 'features.ts', 'listing.ts', 'cross-section', 'plan'],
  'state/rate-limit-redis.ts': ['state', 'redis'],
  plan: ['types.ts', 'features.ts'],
  operators: [
    'types.ts',
    'errors.ts',
    'features.ts',
    'rules.ts',
    'series.ts',
    'split-table.ts',
    'standing.ts',
    'store-keys.ts',
    'state',
    'cross-section',
  ],
  // Works on a store and a source, which arrive as arguments.
  prefetch: [
    'types.ts',
    'errors.ts',
    'block.ts',
    'series.ts',
    'market-day.ts',
    'panel-filler.ts',
    'split-table.ts',
    'standing.ts',
    'store-keys.ts',
    'session.ts',
    'state/stop.ts',
    'calendar',
    'cache/block-store.ts',
  ],
  workers: [
    'types.ts',
    'errors.ts',
    'features.ts',
    'series.ts',
    'market-day.ts',
    'panel-filler.ts',
    'row-table.ts',
    'session.ts',
    'trace/tracer.ts',
    'trace/batch-details.ts',
  ],
  // Wraps a store and a source, which arrive as arguments.
  trace: ['types.ts', 'errors.ts', 'session.ts', 'cache/block-store.ts', 'cache/none.ts'],
  redis: ['errors.ts'],
  cache: ['types.ts', 'errors.ts', 'block.ts', 'series.ts', 'redis'],
  sinks: [
    'types.ts',
    'all-rows.ts',
    'errors.ts',
    'features.ts',
    'listing.ts',
    'cross-section/factors.ts',
    'redis',
  ],
  sources: [
    'types.ts',
    'errors.ts',
    'series.ts',
    'session.ts',
    'universe/spelling.ts',
    'universe/polygon-types.ts',
  ],
  // What a request says, it reads as the daemon does.
  'sources/redis-requests.ts': ['errors.ts', 'daemon/request.ts', 'sources'],
  'sources/redis-requests/connection.ts': ['errors.ts', 'redis'],
  'sources/redis-requests/stream-address.ts': ['errors.ts', 'redis'],
  simulator: ['types.ts', 'errors.ts', 'session.ts', 'calendar'],
  // Scans, rankings and what a schedule starts arrive as arguments.
  daemon: [
    'types.ts',
    'all-rows.ts',
    'sinks/atomic-file.ts',
    'sinks/back-off.ts',
    'sinks/directories.ts',
    'errors.ts',
    'session.ts',
    'version.ts',
    'settings/kinds.ts',
    'settings/nearest.ts',
    'universe',
    'calendar',
    'state/clock.ts',
    'state/breaker.ts',
    'state/live-scan.ts',
    'state/rate-limit.ts',
  ],
  // Works on a store, which arrives as an argument; its source is what a manifest says.
  journal: [
    'types.ts',
    'errors.ts',
    'config.ts',
    'series.ts',
    'market-day.ts',
    'store-keys.ts',
    'settings/names.ts',
    'settings/nearest.ts',
    'cache/block-store.ts',
    'sinks/cannot-write.ts',
    'sinks/chunk-text.ts',
    'sinks/directories.ts',
    'sinks/safe-file-name.ts',
  ],
  // Where the parts meet. No source, no sink: they arrive as arguments.
  streams: [
    'errors.ts',
    'types.ts',
    'log.ts',
    'session.ts',
    'version.ts',
    'operators',
    'state',
    'cross-section',
    'calendar',
    'prefetch',
    'universe',
    'block.ts',
    'split-table.ts',
    'row-table.ts',
    'features.ts',
    'standing.ts',
    'store-keys.ts',
    'cache/block-store.ts',
  ].concat([
    'workers/scorer.ts',
    'workers/score.ts',
    'workers/classic.ts',
    'workers/row-memory.ts',
    'workers/kernel-version.ts',
    'cache/keep-later.ts',
    'cache/none.ts',
    'cache/seal.ts',
    'trace/tracer.ts',
    'trace/traced-parts.ts',
  ]),
  // A day of the whole market leaves its source decoded.
  'sources/polygon.ts': ['types.ts', 'errors.ts', 'session.ts', 'workers/decoders', 'workers/day-decoder.ts'],
  'sources/polygon/reference-pages.ts': ['errors.ts', 'workers/decoders/polygon-frame.ts'],
  'sources/simulator.ts': ['types.ts', 'simulator'],
  'sources/index.ts': ['types.ts', 'config.ts'],
};
/** The composition root. */
const UNBOUNDED = ['cli.ts', 'index.ts', 'commands'];
/** The only places for a package, or for a word of the source. */
const ONLY_IN: readonly (readonly [RegExp, readonly string[]])[] = [
  [/'rxjs['/]/, ['operators', 'streams', 'commands/scan.ts', 'commands/daemon']],
  [/'undici['/]/, ['sources']],
  [/'hyparquet'/, ['sources/archive/read-parquet.ts']],
  [
    /'ioredis'/,
    [
      'redis',
      'sinks/redis-stream.ts',
      'state/rate-limit-redis.ts',
      'cache/redis-link.ts',
      'cache/redis-keys.ts',
      'sources/redis-requests.ts',
      'sources/redis-requests',
    ],
  ],
  [/'pino'/, ['log.ts']],
  [/'piscina'/, ['workers/pool.ts', 'workers/score.worker.ts']],
  [/'node:sqlite'/, ['cache/block-table.ts']],
  [/'node:http'/, ['simulator', 'daemon/http.ts']],
  [/'croner'/, ['daemon/schedule/due-times.ts']],
  [/'prom-client'/, ['daemon/metrics.ts']],
  [/'yaml'/, ['settings']],
  [/'@marcbachmann\/cel-js'/, ['criteria']],
  [/process\.(argv|env|exit)\b(?!Code)/, ['cli.ts', 'commands/watch-signals.ts']],
];

const files = globSync('**/*.ts', { cwd: ROOT }).sort();
const text = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
const importsOf = (file: string) => pathsIn(file, text.get(file)!);
/** Types are gone when a file is loaded. */
const loadsOf = (file: string) => pathsIn(file, text.get(file)!.replaceAll(/^(im|ex)port type [^;]*;/gm, ''));
const pathsIn = (file: string, code: string) =>
  Array.from(code.matchAll(/(?:from|import|import\() ?'(\.{1,2}\/[^']+)'/g), ([, path]) =>
    normalize(join(file, '..', path!)),
  );
const isIn = (file: string, places: readonly string[]) =>
  places.some((place) => file === place || file.startsWith(`${place}/`));

it('imports go one way', () => {
  const strays = files.flatMap((file) => {
    const folder = file.split('/')[0]!;
    if (UNBOUNDED.includes(folder)) return [];
    const allowed = [...(ALLOWED[file] ?? ALLOWED[folder] ?? []), folder];
    return importsOf(file).flatMap((path) => (isIn(path, allowed) ? [] : [`${file} → ${path}`]));
  });
  expect(strays).toEqual([]);
});

it('packages and the process are used where they belong', () => {
  const strays = ONLY_IN.flatMap(([pattern, places]) =>
    files.filter((file) => codeOf(file).match(pattern) && !isIn(file, places)),
  );
  expect(strays).toEqual([]);
});

it('every name of the tables is there', () => {
  const names = [
    ...Object.keys(ALLOWED),
    ...Object.values(ALLOWED).flat(),
    ...ONLY_IN.flatMap(([, in_]) => in_),
  ];
  expect(names.filter((name) => !files.some((file) => isIn(file, [name])))).toEqual([]);
});

it('threads that score know numbers only', () => {
  const reached = reachable('workers/score.worker.ts');
  const packages = [...reached].flatMap((file) =>
    Array.from(codeOf(file).matchAll(/(?:from|import|import\() ?'([^.'][^']*)'/g), ([, name]) => name),
  );
  expect(reached.size).toBeGreaterThan(8);
  expect(new Set(packages)).toEqual(new Set(['piscina', 'node:zlib', 'node:worker_threads']));
});

it('no file loads itself by a detour', () => {
  expect(files.filter((file) => loadsOf(file).some((path) => reachable(path).has(file)))).toEqual([]);
});

/** Without comments, which may name anything. */
function codeOf(file: string): string {
  return text.get(file)!.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function reachable(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const path of loadsOf(file)) reachable(path, found);
  return found;
}
