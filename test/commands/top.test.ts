import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { topCommand } from '../../src/commands/top.ts';
import { type HttpServer, startHttp } from '../../src/daemon/http.ts';
import type { DaemonStatus } from '../../src/daemon/status.ts';
import { LostGroundError } from '../../src/errors.ts';
import { statusOf } from '../support/statuses.ts';
import { TestKeyboard, TestTerminal } from '../support/terminal.ts';

const TOKEN = 'a-token-of-this-test';

/** The HTTP side of a daemon that says what it is told to. */
async function serve(look: () => unknown, { port = 0, token }: { port?: number; token?: string } = {}) {
  const server = await startHttp({
    ...{ port, token },
    readiness: () => [],
    metrics: { contentType: 'text/plain', text: async () => '' },
    latest: () => undefined,
    scan: () => undefined,
    status: { isScanning: false, look, onScanEnd: () => () => {} },
    events: () => () => {},
    onFailed: (cause) => expect.fail(String(cause)),
  });
  onTestFinished(() => server.close());
  return server;
}

const addressOf = (server: Pick<HttpServer, 'url'>) => new URL(server.url).host;

/** Runs it on a terminal. */
function watch(address: string, httpToken?: string) {
  const output = new TestTerminal();
  const keyboard = new TestKeyboard();
  const ended = topCommand({
    settings: { connect: address, httpToken, noColor: true },
    ...{ output, keyboard, everyMs: 5 },
  });
  const settled = ended.catch((error: unknown) => error);
  const isGivenBack = () =>
    output.written.endsWith('\x1b[?7h\x1b[?25h\x1b[?1049l') && keyboard.raw.join() === 'true,false';
  return { output, keyboard, ended, settled, isGivenBack };
}

/** Runs it where there is no terminal. */
async function print(address: string, httpToken?: string): Promise<{ code: number; written: string }> {
  const output = Object.assign(new TestTerminal(), { isTTY: false });
  const code = await topCommand({ settings: { connect: address, httpToken, noColor: true }, output });
  return { code, written: output.written };
}

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('tapescan top on a terminal', () => {
  it('shows how it is, again and again, until it is told to end', async () => {
    let entered = 0;
    const server = await serve(() => statusOf({ entered: ++entered }));
    const { output, keyboard, ended, isGivenBack } = watch(addressOf(server));
    await output.until((shown) => /\b3 in /.test(shown));
    expect(output.shown[0]).toMatch(/^tapescan {2}scanning/);
    keyboard.press('q');
    expect(await ended).toBe(0);
    expect(isGivenBack()).toBe(true);
  });

  it('ends with 130 for Ctrl-C', async () => {
    const server = await serve(() => statusOf());
    const { output, keyboard, ended, isGivenBack } = watch(addressOf(server));
    await output.until((shown) => shown.includes('scanning'));
    keyboard.press('\x03');
    expect(await ended).toBe(130);
    expect(isGivenBack()).toBe(true);
  });

  it('fits the terminal, also when that changes', async () => {
    const server = await serve(() => statusOf());
    const { output, keyboard, ended } = watch(addressOf(server));
    await output.until((shown) => shown.includes('busy'));
    output.columns = 40;
    output.rows = 5;
    output.emit('resize');
    expect(output.shown).toHaveLength(5);
    expect(Math.max(...output.shown.map((line) => line.length))).toBeLessThanOrEqual(40);
    keyboard.press('q');
    await ended;
    expect(output.listenerCount('resize')).toBe(0);
  });

  it('waits for a daemon that is away, and goes on when it is back', async () => {
    const port = await freePort();
    const { output, keyboard, ended } = watch(`127.0.0.1:${port}`);
    await output.until((shown) => shown.includes('ECONNREFUSED'));
    expect(output.shown.join('')).toContain(`--http ${port}`);
    const server = await serve(() => statusOf(), { port });
    await output.until((shown) => shown.includes('scanning') && !shown.includes('ECONNREFUSED'));
    await server.close();
    await output.until((shown) => shown.includes('Asking again') && shown.includes('scanning'));
    keyboard.press('q');
    expect(await ended).toBe(0);
  });

  it('does not wait where its token is refused', async () => {
    const server = await serve(() => statusOf(), { token: TOKEN });
    const { settled, isGivenBack } = watch(addressOf(server), 'another-token-than-that');
    expect(await settled).toBeInstanceOf(LostGroundError);
    expect(isGivenBack()).toBe(true);
  });

  it('gives the terminal back where it fails for a defect', async () => {
    const server = await serve(() => ({ type: 'status', format: 1 }));
    const { settled, isGivenBack } = watch(addressOf(server));
    expect(await settled).toBeInstanceOf(TypeError);
    expect(isGivenBack()).toBe(true);
  });
});

describe('tapescan top without a terminal', () => {
  it('prints once how it is', async () => {
    const server = await serve(() => statusOf(), { token: TOKEN });
    const { code, written } = await print(addressOf(server), TOKEN);
    expect(code).toBe(0);
    expect(written).toMatch(
      /^tapescan {2}scanning .*\n\nscan {6}a-scan · [\s\S]*SLOW 1\.2 s · LATE 800 ms\n$/,
    );
    expect(written).not.toContain('\x1b');
  });

  it('says what to do where nothing answers', async () => {
    const port = await freePort();
    const error = await print(`127.0.0.1:${port}`).catch((cause: unknown) => cause as Error);
    expect(error).toBeInstanceOf(LostGroundError);
    expect((error as Error).message).toContain(`start the daemon with --http ${port}`);
  });

  it.each([
    [undefined, 'asks for its token: set TAPESCAN_HTTP_TOKEN'],
    ['another-token-than-that', 'has another token than TAPESCAN_HTTP_TOKEN says'],
  ])('says which variable it is where the token %s is refused', async (token, message) => {
    const server = await serve(() => statusOf(), { token: TOKEN });
    const error = await print(addressOf(server), token).catch((cause: unknown) => cause as Error);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain(token ?? TOKEN);
  });

  it.each([
    ['another program', 200, 'hello'],
    ['an older daemon', 404, '{"error":"Not found"}'],
    [
      'a newer daemon',
      200,
      JSON.stringify({ type: 'status', format: 2 } satisfies Partial<Record<keyof DaemonStatus, unknown>>),
    ],
    ['nothing in particular', 200, 'null'],
  ])('knows %s for none that it can show', async (_, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    server.listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(print(`127.0.0.1:${port}`)).rejects.toThrow('is no daemon of this version');
  });

  it('takes its token nowhere else', async () => {
    let asked = 0;
    const other = createServer((_request, response) => {
      asked++;
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port: otherPort } = other.address() as AddressInfo;
    const server = createServer((_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${otherPort}/api/status` }).end(),
    ).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void [server, other].map((each) => each.close()));
    const { port } = server.address() as AddressInfo;
    await expect(print(`127.0.0.1:${port}`, TOKEN)).rejects.toThrow(LostGroundError);
    expect(asked).toBe(0);
  });
});
