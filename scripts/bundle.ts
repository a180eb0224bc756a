/**
 * Bundles the command and its threads into a few files: what has to be found, read and compiled at each start is a fifth as many
 * modules, and the start takes two thirds of the time.
 *
 *     node scripts/bundle.ts [DIST]
 *
 * Into `DIST/command`; the rest of `DIST` is the library, which shares RxJS with whoever uses it. What a scan does not
 * always need stays outside, as do programs that start threads of their own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { KERNEL_VERSION } from '../src/workers/kernel-version.ts';

const ROOT = join(import.meta.dirname, '..');
const BUNDLED = ['rxjs', 'undici', 'pino'];
const { version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

const VERSIONS: Readonly<Record<string, string>> = {
  [join(ROOT, 'src/version.ts')]: `export const VERSION = ${JSON.stringify(version)};`,
  [join(ROOT, 'src/workers/kernel-version.ts')]:
    `export const KERNEL_VERSION = ${JSON.stringify(KERNEL_VERSION)};`,
};

const [dist = join(ROOT, 'dist')] = process.argv.slice(2);
const dir = join(dist, 'command');
const bundle = await rolldown({
  input: {
    cli: join(ROOT, 'src/cli.ts'),
    'day.worker': join(ROOT, 'src/workers/day.worker.ts'),
    'disk.worker': join(ROOT, 'src/cache/disk.worker.ts'),
    'score.worker': join(ROOT, 'src/workers/score.worker.ts'),
    'simulator.worker': join(ROOT, 'src/simulator/simulator.worker.ts'),
  },
  platform: 'node',
  // RxJS keeps its modules for bundlers under this name.
  resolve: { conditionNames: ['es2015', 'node', 'import', 'default'] },
  external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
  plugins: [
    {
      name: 'versions',
      // Here the files that they are read from are not there any more.
      load: (id) => (id in VERSIONS ? VERSIONS[id] : null),
    },
    {
      name: 'builtins',
      renderChunk: withPlainBuiltins,
    },
  ],
});
await bundle.write({
  dir,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  // What every command begins with is one file.
  codeSplitting: { groups: [{ name: 'start', test: /src\/(errors|version|sinks\/cannot-write)\.ts$/ }] },
});
await bundle.close();
writeFileSync(join(dir, 'licenses.txt'), BUNDLED.map(licenseOf).join('\n'));

/**
 * Takes modules of Node.js as they are: an import statement calls every getter of one, and `node:util` alone loads a dozen
 * others for those, which takes 5 of the 25 ms that `tapescan version` needs beyond Node.js itself.
 */
function withPlainBuiltins(code: string): string {
  return code.replaceAll(
    /^import \{([^}]*)\} from "(node:[a-z_/]+)";$/gm,
    (_import, names: string, module) => {
      const taken = names.replaceAll(/(\w+) as (\w+)/g, '$1: $2');
      return `const {${taken}} = process.getBuiltinModule("${module}");`;
    },
  );
}

function licenseOf(name: string): string {
  const folder = join(ROOT, 'node_modules', name);
  const { version: theirs } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md'].map((each) => join(folder, each)).find(isThere);
  if (file === undefined) throw new Error(`${name} comes without a license`);
  return `${name} ${theirs}\n\n${readFileSync(file, 'utf8')}`;
}

function isThere(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}
