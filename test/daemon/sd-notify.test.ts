import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSdNotify, type SdNotifyOptions } from '../../src/daemon/sd-notify.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const MODULE = new URL('../../src/daemon/sd-notify.ts', import.meta.url).href;
const hasPython = canRun('python3');
const hasProgram = canRun('systemd-notify');

/**
 * What a service manager does: listens for datagrams, connects one descriptor for the process that it starts as `notify`
 * where `passed`, and prints each message with the sender that the kernel vouches for.
 */
const MANAGER = `
import array, json, os, socket, sys
path, passed, command = sys.argv[1], sys.argv[2] == 'passed', sys.argv[3:]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
listener.bind(path)
child = os.fork()
if child == 0:
    os.environ['NOTIFY_SOCKET'] = path
    if passed:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        client.connect(path)
        handed = os.dup(client.fileno())
        os.dup2(os.open('/dev/null', os.O_RDONLY), 3)
        os.dup2(handed, 4)
        os.set_inheritable(4, True)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='2', LISTEN_FDNAMES='other:notify')
    os.execv(command[0], command)
print(json.dumps({'child': child}), flush=True)
listener.settimeout(0.05)
ended = False
while True:
    try:
        data, ancillary, flags, address = listener.recvmsg(4096, 4096)
    except socket.timeout:
        if ended: break
        ended = os.waitpid(child, os.WNOHANG)[0] != 0
        continue
    pid = None
    for level, kind, content in ancillary:
        numbers = array.array('i')
        numbers.frombytes(content[:len(content) - len(content) % 4])
        if kind == socket.SCM_CREDENTIALS: pid = numbers[0]
        # A barrier: its sender waits until it is closed.
        if kind == socket.SCM_RIGHTS: [os.close(each) for each in numbers]
    print(json.dumps({'pid': pid, 'text': data.decode()}), flush=True)
`;

/** What a daemon does from start to end. */
const DAEMON = `
import { createSdNotify } from '${MODULE}';
const troubles = [];
const sd = createSdNotify({ env: process.env, isAlive: () => true, onTrouble: (text) => troubles.push(text) });
sd.status('Opening the cache');
sd.ready();
await new Promise((resolve) => setTimeout(resolve, sd.watchdogMs === undefined ? 0 : 3 * sd.watchdogMs));
sd.reloading();
sd.ready();
sd.status('Scanning\\nMAINPID=1');
sd.stopping();
await sd.close();
console.error(JSON.stringify({ channel: sd.channel, watchdogMs: sd.watchdogMs, troubles }));
`;

interface Heard {
  readonly child: number;
  readonly messages: readonly { readonly pid: number; readonly text: string }[];
  readonly said: {
    readonly channel: string;
    readonly watchdogMs?: number;
    readonly troubles: readonly string[];
  };
}

/** Runs the daemon under the manager. */
async function runUnderManager(how: 'passed' | 'named', env: Record<string, string> = {}): Promise<Heard> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'manager.py'), MANAGER);
  writeFileSync(join(folder, 'daemon.mjs'), DAEMON);
  const manager = spawn(
    'python3',
    [join(folder, 'manager.py'), join(folder, 'notify'), how, process.execPath, join(folder, 'daemon.mjs')],
    { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void manager.kill('SIGKILL'));
  let stderr = '';
  manager.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const lines: string[] = [];
  createInterface({ input: manager.stdout }).on('line', (line) => lines.push(line));
  await once(manager, 'close');
  const report = stderr.split('\n').find((line) => line.startsWith('{'));
  if (report === undefined) throw new Error(`The daemon said: ${stderr}`);
  const [{ child }, ...messages] = lines.map((line) => JSON.parse(line));
  return { child, messages, said: JSON.parse(report) };
}

const withoutBarriers = (messages: Heard['messages']) =>
  messages.map(({ text }) => text.trimEnd()).filter((text) => text !== 'BARRIER=1');

const SAID = [
  'STATUS=Opening the cache',
  'READY=1',
  expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
  'READY=1',
  'STATUS=Scanning MAINPID=1',
  'STOPPING=1',
];

describe('createSdNotify', () => {
  it.runIf(hasPython)('writes to the socket that it was handed, as the process itself', async () => {
    const { child, messages, said } = await runUnderManager('passed');
    expect(said).toEqual({ channel: 'socket', troubles: [] });
    expect(withoutBarriers(messages)).toEqual(SAID);
    expect(new Set(messages.map(({ pid }) => pid))).toEqual(new Set([child]));
  });

  it.runIf(hasPython)('pings the watchdog in half of its time', async () => {
    const { messages, said } = await runUnderManager('passed', { WATCHDOG_USEC: '400000' });
    expect(said).toEqual({ channel: 'socket', watchdogMs: 200, troubles: [] });
    const pings = messages.filter(({ text }) => text === 'WATCHDOG=1').length;
    expect(pings).toBeGreaterThanOrEqual(2);
    expect(withoutBarriers(messages).filter((text) => text !== 'WATCHDOG=1')).toEqual(SAID);
  });

  it.runIf(hasPython && hasProgram)("runs systemd's program where it was handed no socket", async () => {
    const { messages, said } = await runUnderManager('named');
    expect(said).toEqual({ channel: 'program', troubles: [] });
    expect(withoutBarriers(messages)).toEqual(SAID);
  });

  it('says so once where systemd cannot be told, and goes on', async () => {
    const folder = temporaryFolder();
    const options = create({ NOTIFY_SOCKET: join(folder, 'notify'), PATH: folder });
    const sd = createSdNotify(options);
    sd.ready();
    sd.status('Scanning');
    await sd.close();
    expect(options.troubles).toEqual([expect.stringContaining('systemd-notify is not installed')]);
  });

  it('is silent where systemd did not start it', async () => {
    const options = create({ WATCHDOG_USEC: '1000000' });
    const sd = createSdNotify(options);
    sd.ready();
    sd.stopping();
    await sd.close();
    expect([sd.channel, sd.watchdogMs, options.clock.pending]).toEqual(['none', undefined, 0]);
    expect(options.troubles).toEqual([]);
  });

  it.each([
    ['another process', { LISTEN_PID: '1', LISTEN_FDS: '1', LISTEN_FDNAMES: 'notify' }],
    ['another name', { LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'http' }],
    ['no descriptor', { LISTEN_PID: '7', LISTEN_FDS: '0', LISTEN_FDNAMES: 'notify' }],
    [
      'a descriptor that is not open',
      { LISTEN_PID: '7', LISTEN_FDS: '999', LISTEN_FDNAMES: `${'x:'.repeat(990)}notify` },
    ],
  ])('takes no socket that is for %s', (_, listen) => {
    expect(createSdNotify(create({ NOTIFY_SOCKET: '/none', ...listen })).channel).toBe('program');
  });

  it('leaves the pings out while the daemon stands still', async () => {
    let isAlive = true;
    let asked = 0;
    const options = create(
      { NOTIFY_SOCKET: '/none', PATH: '/none', WATCHDOG_USEC: '20000000', WATCHDOG_PID: '7' },
      () => {
        asked++;
        return isAlive;
      },
    );
    const sd = createSdNotify(options);
    expect(options.clock.pending).toBe(0);
    sd.ready();
    sd.ready();
    await options.clock.advance(20_000);
    expect(asked).toBe(3);
    isAlive = false;
    await options.clock.advance(20_000);
    expect(asked).toBe(5);
    await sd.close();
    expect(options.clock.pending).toBe(0);
  });

  it('pings no watchdog that is for another process', () => {
    const env = { NOTIFY_SOCKET: '/none', WATCHDOG_USEC: '20000000', WATCHDOG_PID: '8' };
    expect(createSdNotify(create(env)).watchdogMs).toBeUndefined();
  });
});

function create(env: Record<string, string>, isAlive: () => boolean = () => true) {
  const troubles: string[] = [];
  const clock = new VirtualClock();
  const onTrouble = (message: string) => void troubles.push(message);
  return { env, isAlive, onTrouble, clock, pid: 7, troubles } satisfies SdNotifyOptions & {
    troubles: string[];
  };
}

function canRun(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
