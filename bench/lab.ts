import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { printed, type SimulatorProcess, startSimulatorProcess } from '../scripts/support/tapescan.ts';
import { type Figures, measureFigures } from './measure-figures.ts';
import { type MeasureProcessOptions, measureProcess } from './measure-process.ts';
import type { Sample, Suite } from './scenarios/scenario.ts';

const ROOT = join(import.meta.dirname, '..');
const BASELINE = 'bench/baseline/straightforward-scan.ts';
/** A market with as many sessions as the longest scan here looks back, and some. */
const SESSIONS = 300;
/** What a market's provider keeps of its answers, so that its own work is not what is measured: 6,000 symbols are 150 MB, and 250 MB by whole sessions. */
const KEEP_ANSWERS = '1GB';
/** Part of the symbols that a try takes. */
const QUICK_PART = 1 / 20;
const QUICK_LEAST = 40;

/** Last session of every market here: the past does not change. */
export const END = '2018-07-17';

/** A synthetic market, served by a process of its own. */
export interface ServedMarket {
  readonly url: string;
  /** The file with its symbols, one a line. */
  readonly universe: string;
  readonly symbols: readonly string[];
  /** Runs something, and counts the calls that reached the provider meanwhile. */
  counted(run: () => Promise<Sample>): Promise<Sample>;
}

export interface LabOptions {
  readonly suite: Suite;
  /** A package that is built already. @default the one that is built from the sources */
  readonly package?: string | undefined;
  /** Ends everything that runs. */
  readonly signal: AbortSignal;
}

/** What scenarios work with: the packaged program, markets, processes and folders. Closing it stops and removes all of it. */
export class Lab implements AsyncDisposable {
  readonly suite: Suite;
  readonly signal: AbortSignal;
  readonly folder = mkdtempSync(join(tmpdir(), 'tapescan-bench-'));
  /** Where the package is: `bin`, `dist`, and beside them what it is compared with. */
  readonly package: string;
  readonly #isBuilt: boolean;
  #market:
    | { readonly key: string; readonly simulator: SimulatorProcess; readonly served: ServedMarket }
    | undefined;
  #folders = 0;

  constructor({ suite, package: built, signal }: LabOptions) {
    this.suite = suite;
    this.signal = signal;
    this.#isBuilt = built !== undefined;
    this.package = built === undefined ? join(this.folder, 'package') : resolve(built);
  }

  /** Builds the package as `npm run build` does, in a folder of its own. Failure: an `Error` with what the compiler says. */
  async build(): Promise<void> {
    const modules = join(ROOT, 'node_modules');
    if (this.#isBuilt) {
      const entry = join(this.package, 'dist/command/cli.js');
      if (!existsSync(entry))
        throw new Error(`--package: expected a built package, and ${entry} is not there`);
    } else {
      mkdirSync(this.package);
      for (const name of ['bin', 'package.json']) {
        cpSync(join(ROOT, name), join(this.package, name), { recursive: true });
      }
      symlinkSync(modules, join(this.package, 'node_modules'));
      const dist = join(this.package, 'dist');
      await this.#compile(['-p', 'tsconfig.build.json', '--outDir', dist]);
      await promisify(execFile)(process.execPath, ['scripts/bundle.ts', dist], {
        cwd: ROOT,
        signal: this.signal,
      });
    }
    // Compiled as well: nobody ships types to be stripped at each start.
    writeFileSync(join(this.folder, 'package.json'), '{"private":true,"type":"module"}');
    symlinkSync(modules, join(this.folder, 'node_modules'));
    const options = ['--ignoreConfig', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    await this.#compile([...options, '--skipLibCheck', '--outDir', this.folder, BASELINE]);
  }

  /** So many symbols, and fewer of them in a try. */
  symbols(count: number): number {
    return this.suite === 'quick'
      ? Math.min(count, Math.max(QUICK_LEAST, Math.round(count * QUICK_PART)))
      : count;
  }

  /** A folder that does not exist yet. */
  newFolder(): string {
    return join(this.folder, `folder-${++this.#folders}`);
  }

  /**
   * A market of so many symbols; `args` are further options of `tapescan simulate`. Another market ends the one before: no
   * more than one is in memory.
   */
  async market(symbols: number, args: readonly string[] = [], sessions = SESSIONS): Promise<ServedMarket> {
    const options = ['--symbols', `${symbols}`, '--sessions', `${sessions}`, '--end', END];
    const key = [...options, ...args].join(' ');
    if (this.#market?.key === key) return this.#market.served;
    await this.#endMarket();
    const list = await printed(['simulate', '--list', ...options]);
    const universe = `${this.newFolder()}.txt`;
    writeFileSync(universe, list);
    this.signal.throwIfAborted();
    const simulator = await startSimulatorProcess([...options, '--keep-answers', KEEP_ANSWERS, ...args]);
    const served: ServedMarket = {
      url: simulator.url,
      universe,
      symbols: list.trimEnd().split('\n'),
      async counted(run) {
        const before = await simulator.calls();
        const sample = await run();
        return { ...sample, calls: (await simulator.calls()) - before };
      },
    };
    this.#market = { key, simulator, served };
    return served;
  }

  /** The packaged command, start to exit. */
  tapescan(args: readonly string[], options: MeasureProcessOptions = {}): Promise<Sample> {
    return this.#measure(join(this.package, 'bin/tapescan'), args, options);
  }

  /** What it is compared with: the scan as one would write it in an afternoon. */
  straightforward(args: readonly string[], options: MeasureProcessOptions = {}): Promise<Sample> {
    return this.#measure(process.execPath, [join(this.folder, 'straightforward-scan.js'), ...args], options);
  }

  /** The runtime alone, which nothing written for it is faster than. */
  bareNode(): Promise<Sample> {
    return this.#measure(process.execPath, ['--eval', '0'], {});
  }

  /** A script of `bench/` that tells figures. */
  figures(script: string, args: readonly string[] = []): Promise<Figures> {
    return measureFigures(script, args, this.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endMarket();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #compile(args: readonly string[]): Promise<void> {
    const compiler = join(ROOT, 'node_modules/.bin/tsc');
    await promisify(execFile)(compiler, args, { cwd: ROOT, signal: this.signal }).catch(
      (error: Error & { stdout?: string }) => {
        throw new Error(`The build failed: ${error.stdout || error.message}`);
      },
    );
  }

  async #measure(
    command: string,
    args: readonly string[],
    { env, ...options }: MeasureProcessOptions,
  ): Promise<Sample> {
    const own = {
      HOME: this.folder,
      // The compiled code that Node.js keeps between runs goes there, too.
      TMPDIR: this.folder,
      APCA_API_KEY_ID: 'bench',
      APCA_API_SECRET_KEY: 'bench',
    };
    const { wallMs, ...rest } = await measureProcess(command, args, {
      env: { ...own, ...env },
      signal: this.signal,
      ...options,
    });
    return { value: wallMs, ...rest };
  }

  async #endMarket(): Promise<void> {
    const ending = this.#market;
    this.#market = undefined;
    await ending?.simulator.stop();
  }
}
