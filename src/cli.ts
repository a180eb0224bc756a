/** From argv to an exit code. The only reader of `process.argv`. */
import { enableCompileCache } from 'node:module';
import { COMMANDS, type CommandName } from './command-names.ts';
import { ConfigError, LostGroundError } from './errors.ts';
import { cannotWrite } from './sinks/cannot-write.ts';
import { VERSION } from './version.ts';

// Before anything heavy is imported: it takes a third off the start.
enableCompileCache();

/** Runs a command. Failure: thrown errors have been said on standard error; the exit code says of what kind. */
async function main([command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case 'version':
    case '--version':
    case '-V': {
      process.stdout.write(`${VERSION}\n`);
      return 0;
    }
    case 'help':
    case '--help':
    case '-h':
    case undefined: {
      const [topic] = rest;
      if (topic !== undefined && !isCommand(topic)) throw unknownCommand(topic);
      const { helpText } = await import('./commands/help.ts');
      process.stdout.write(helpText(topic));
      return 0;
    }
    default:
      if (!isCommand(command)) throw unknownCommand(command);
      return run(command, rest);
  }
}

async function run(command: CommandName, argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) return main(['help', command]);
  const { readSettings } = await import('./settings/read-settings.ts');
  const read = await readSettings(command, argv, process.env);
  switch (command) {
    case 'scan': {
      if (read.settings.plan) {
        const { planCommand } = await import('./commands/plan.ts');
        return planCommand(read.settings);
      }
      const { scanCommand } = await import('./commands/scan.ts');
      return scanCommand(read.settings);
    }
    case 'daemon': {
      const { daemonCommand } = await import('./commands/daemon.ts');
      const reread = async () => (await readSettings(command, argv, process.env)).settings;
      return daemonCommand({ settings: read.settings, env: process.env, reread });
    }
    case 'top': {
      const { topCommand } = await import('./commands/top.ts');
      return topCommand({ settings: read.settings });
    }
    case 'replay': {
      const { replayCommand } = await import('./commands/replay.ts');
      return replayCommand(read.operands[0]!, read.settings);
    }
    case 'explain': {
      const { explainCommand } = await import('./commands/explain.ts');
      const { from, receipts, format, weight, cacheDir } = read.settings;
      const [symbol] = read.operands as readonly [string];
      return explainCommand({
        symbol,
        from,
        receipts,
        format,
        cacheDir,
        weights: Object.fromEntries(weight),
      });
    }
    case 'diff': {
      const { diffCommand } = await import('./commands/diff.ts');
      const { limit, format, weight } = read.settings;
      const [a, b] = read.operands as readonly [string, string];
      return diffCommand({ a, b, limit, format, weights: Object.fromEntries(weight) });
    }
    case 'check': {
      const { checkCommand } = await import('./commands/check.ts');
      const [what] = read.operands;
      if (what !== 'lookahead') throw new ConfigError([`Unknown check \`${what}\`; there is: lookahead`]);
      return checkCommand(read);
    }
    case 'cache': {
      const { cacheCommand } = await import('./commands/cache.ts');
      return cacheCommand(read.operands[0]!, read.settings);
    }
    case 'doctor': {
      const { doctorCommand } = await import('./commands/doctor.ts');
      return doctorCommand(read.settings);
    }
    case 'sources': {
      const { describeSources } = await import('./sources/catalogue.ts');
      process.stdout.write(describeSources());
      return 0;
    }
    case 'simulate': {
      const { simulateCommand } = await import('./commands/simulate.ts');
      return simulateCommand(read.settings);
    }
    case 'validate': {
      const { checkSettings } = await import('./commands/check-settings.ts');
      await checkSettings(read.settings);
      const { effectiveSettings } = await import('./commands/validate.ts');
      process.stdout.write(effectiveSettings(read));
      return 0;
    }
  }
}

function isCommand(text: string): text is CommandName {
  return (COMMANDS as readonly string[]).includes(text);
}

function unknownCommand(given: string): ConfigError {
  return new ConfigError([`Unknown command \`${given}\`; \`tapescan help\` lists them`]);
}

/** Says an error the way a person can use it, and gives its exit code. */
function report(error: unknown): number {
  const say = (text: string) => process.stderr.write(`tapescan: ${text}\n`);
  if (error instanceof ConfigError) {
    for (const problem of error.problems) say(problem);
    return 78;
  }
  if (error instanceof LostGroundError) {
    for (const line of error.message.split('\n')) say(line);
    return 1;
  }
  say(`a defect: ${error instanceof Error ? error.stack : String(error)}`);
  return 1;
}

let lostOutput: Error | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that goes away (`tapescan help | head -1`) is no error.
  if (error.code !== 'EPIPE') lostOutput ??= error;
});
// The error comes after the write that met it. A command that noticed it itself has said so, and has its own code.
process.on('exit', (code) => {
  if (code === 0 && lostOutput !== undefined)
    process.exitCode = report(cannotWrite('standard output', lostOutput));
});
process.exitCode = await main(process.argv.slice(2)).catch(report);
