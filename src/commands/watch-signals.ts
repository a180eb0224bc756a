const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface SignalWatch {
  /** Aborts with the first signal. */
  readonly signal: AbortSignal;
  /** The exit code that the signal asks for, once there has been one. */
  readonly exitCode: number | undefined;
  /** Makes SIGHUP call `listener` instead, as long as nothing stops. */
  onReload(listener: () => void): void;
  close(): void;
}

/**
 * Turns Ctrl-C, SIGTERM and SIGHUP into an orderly stop: the first one aborts `signal`. The process ends at once on
 * a second one, or when the stop takes longer than `shutdownTimeoutMs`.
 */
export function watchSignals({ shutdownTimeoutMs }: { readonly shutdownTimeoutMs: number }): SignalWatch {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reload: (() => void) | undefined;

  const onSignal = (name: NodeJS.Signals) => {
    const code = CODES[name as keyof typeof CODES];
    if (name === 'SIGHUP' && reload !== undefined) {
      if (exitCode === undefined) reload();
      return;
    }
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    timer = setTimeout(() => {
      process.stderr.write(
        `tapescan: the stop took longer than --shutdown-timeout (${shutdownTimeoutMs} ms); what was not written is lost\n`,
      );
      process.exit(code);
    }, shutdownTimeoutMs);
    timer.unref();
    controller.abort();
  };
  for (const name of Object.keys(CODES)) process.on(name, onSignal);

  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    onReload(listener) {
      reload = listener;
    },
    close() {
      clearTimeout(timer);
      for (const name of Object.keys(CODES)) process.off(name, onSignal);
    },
  };
}
