/**
 * Tells systemd how the daemon is: the protocol of sd_notify(3).
 *
 * A message is one datagram to the Unix socket `$NOTIFY_SOCKET`, and Node.js has no datagram sockets but for UDP. So it is
 * written to a socket that systemd has connected and handed over: `OpenFile=/run/systemd/notify:notify:graceful` in the
 * unit, from systemd 253 on. Where there is none, systemd's own `systemd-notify` is run for each message, which
 * needs `NotifyAccess=all`. Where that is not installed either, nothing is sent, and `onTrouble` is told.
 */
import { execFile } from 'node:child_process';
import { fstatSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { type Clock, systemClock } from '../state/clock.ts';

export interface SdNotifyOptions {
  /** Variables that systemd has set: `NOTIFY_SOCKET`, `WATCHDOG_*`, `LISTEN_*`; and `PATH`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the daemon does its work: asked before each ping of the watchdog, which is left out where it does not. */
  readonly isAlive: () => boolean;
  /** Told, once in a row, that systemd cannot be told. */
  readonly onTrouble: (message: string) => void;
  /** @default `systemClock` */
  readonly clock?: Clock;
  /** Of this process. @default `process.pid` */
  readonly pid?: number;
}

/** How systemd is told: by a socket it handed over, by its program, or not at all, where it did not start the process. */
export type SdChannel = 'socket' | 'program' | 'none';

export interface SdNotify {
  readonly channel: SdChannel;
  /** Milliseconds between two pings of the watchdog; `undefined` where systemd expects none. */
  readonly watchdogMs: number | undefined;
  /** Started, or reloaded: from now on the watchdog is pinged. */
  ready(): void;
  reloading(): void;
  stopping(): void;
  /** What `systemctl status` shows, in one line. */
  status(text: string): void;
  /** Ends the pings, and resolves once everything is sent. */
  close(): Promise<void>;
}

const FIRST_PASSED_FD = 3;
const FD_NAME = 'notify';
const REPEATED = ['STATUS=', 'WATCHDOG='];
const PROGRAM = 'systemd-notify';
const PROGRAM_MS = 5000;

const run = promisify(execFile);
const writeTo = promisify(write);

/**
 * Connects with systemd, where it started this process and waits for word of it.
 *
 * The watchdog is pinged twice in its time, by a timer: an event loop that stands still does not ping. Order: as
 * called; of several lines of status that wait only the last is sent. Failure: `onTrouble`; the daemon goes on.
 */
export function createSdNotify({
  env,
  isAlive,
  onTrouble,
  clock = systemClock,
  pid = process.pid,
}: SdNotifyOptions): SdNotify {
  const socket = env.NOTIFY_SOCKET;
  const fd = passedSocket(env, pid);
  const channel = socket === undefined || socket === '' ? 'none' : fd === undefined ? 'program' : 'socket';
  const watchdogMs = channel === 'none' ? undefined : watchdogMsOf(env, pid);
  /** Messages that wait; they are few, since what is repeated replaces its own. */
  let waiting: string[] = [];
  let sending = Promise.resolve();
  let isSending = false;
  let isTroubled = false;
  let cancelPing: (() => void) | undefined;

  async function send(message: string): Promise<void> {
    try {
      if (fd !== undefined) await writeTo(fd, Buffer.from(message));
      else {
        const variables = { NOTIFY_SOCKET: socket, PATH: env.PATH };
        await run(PROGRAM, message.split('\n'), { env: variables, timeout: PROGRAM_MS });
      }
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) onTrouble(`systemd cannot be told (${reasonOf(error)})`);
      isTroubled = true;
    }
  }

  async function sendAll(): Promise<void> {
    isSending = true;
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) await send(message);
    isSending = false;
  }

  function post(message: string): void {
    if (channel === 'none') return;
    // A newer status, or sign of life, stands for the one that still waits; changes of state are all told.
    const kind = REPEATED.find((each) => message.startsWith(each));
    if (kind !== undefined) waiting = waiting.filter((each) => !each.startsWith(kind));
    waiting.push(message);
    if (!isSending) sending = sendAll();
  }

  function ping(): void {
    if (watchdogMs === undefined) return;
    if (isAlive()) post('WATCHDOG=1');
    cancelPing = clock.after(watchdogMs, ping);
  }

  return {
    channel,
    watchdogMs,
    ready() {
      post('READY=1');
      if (cancelPing === undefined) ping();
    },
    reloading() {
      // By the clock that systemd compares it with, in microseconds.
      post(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    },
    stopping() {
      post('STOPPING=1');
    },
    status(text) {
      // A line break would begin another assignment.
      post(`STATUS=${text.replaceAll(/\p{Cc}+/gu, ' ')}`);
    },
    async close() {
      cancelPing?.();
      await sending;
    },
  };
}

/** The descriptor of the socket that systemd opened for this process under the name `notify`. */
function passedSocket(env: SdNotifyOptions['env'], pid: number): number | undefined {
  if (Number(env.LISTEN_PID) !== pid) return undefined;
  const names = (env.LISTEN_FDNAMES ?? '').split(':').slice(0, Number(env.LISTEN_FDS));
  const index = names.indexOf(FD_NAME);
  if (index < 0) return undefined;
  const fd = FIRST_PASSED_FD + index;
  try {
    return fstatSync(fd).isSocket() ? fd : undefined;
  } catch {
    return undefined;
  }
}

/** Half of the time within which systemd wants a sign of life. */
function watchdogMsOf(env: SdNotifyOptions['env'], pid: number): number | undefined {
  const ms = Number(env.WATCHDOG_USEC) / 2000;
  const isMeant = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === pid;
  return isMeant && ms > 0 ? ms : undefined;
}

/** Why it failed, without the command line. */
function reasonOf(error: unknown): string {
  const { code, stderr = '' } = error as { code?: string | number; stderr?: string };
  if (code === 'ENOENT') return `${PROGRAM} is not installed, and the unit has no OpenFile= for the socket`;
  return stderr.trim() || String(code);
}
