import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type ReadRequestsOptions,
  type RequestProblem,
  readRequests,
} from '../../src/daemon/read-requests.ts';
import type { ScanRequest } from '../../src/daemon/request.ts';
import { LostGroundError } from '../../src/errors.ts';
import { readUniverse } from '../../src/universe/read-universe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const IDLE_MS = 500;
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function* chunked(...chunks: readonly (string | Uint8Array)[]) {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function textOf(list: ScanRequest['list']): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of list as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** The symbols of a list. */
async function symbolsOf({ list = [] }: ScanRequest): Promise<readonly string[]> {
  if (!(Symbol.asyncIterator in list)) return list;
  const symbols: string[] = [];
  for await (const entries of readUniverse(list)) symbols.push(...entries.map(({ symbol }) => symbol));
  return symbols;
}

/** What comes of an input: the symbols of each request, and a problem by its text. */
async function readAll(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadRequestsOptions = {},
  read: (answer: unknown) => void = () => {},
): Promise<unknown[]> {
  const all: unknown[] = [];
  const say = (one: unknown) => {
    all.push(one);
    read(one);
  };
  const onProblem = ({ text }: RequestProblem) => say(`problem: ${text}`);
  for await (const request of readRequests(chunks, { onProblem, ...options })) {
    say(request.universe ?? (await symbolsOf(request)));
  }
  return all;
}

/** An input that a test writes to. */
function writtenInput() {
  const queue: (Uint8Array | undefined)[] = [];
  let wake = () => {};
  let taken = 0;
  async function* read() {
    for (;;) {
      while (queue.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const next = queue.shift();
      if (next === undefined) return;
      taken++;
      yield next;
    }
  }
  return {
    chunks: read(),
    /** Chunks that were asked for and given. */
    get taken() {
      return taken;
    },
    async write(text: string | undefined) {
      queue.push(text === undefined ? undefined : Buffer.from(text));
      wake();
      for (let each = 0; each < 3; each++) await turn();
    },
  };
}

describe('readRequests', () => {
  it('reads lists that blank lines divide', async () => {
    expect(await readAll(chunked('AAPL\nMSFT\n\nTSLA F\n \t\nIBM'))).toEqual([
      ['AAPL', 'MSFT'],
      ['TSLA', 'F'],
      ['IBM'],
    ]);
  });

  it.each(['\n', '\r\n', '\r'])('takes %j as the end of a line', async (end) => {
    const text = ['', '', 'A', 'B', '', '', 'C', '{"symbol":"X"}', '', '{"symbols":["D"]}', 'E', ''].join(
      end,
    );
    const expected = [['A', 'B'], ['C', '{"symbol":"X"}'], ['D'], ['E']];
    expect(await readAll(chunked(text))).toEqual(expected);
    expect(await readAll(chunked(...text))).toEqual(expected);
  });

  it('finds no request in nothing, blank lines and comments', async () => {
    expect(await readAll(chunked())).toEqual([]);
    expect(await readAll(chunked('\n\r\n  \n# a list\n\n\t# of nothing'))).toEqual([]);
  });

  it('hands on the bytes of a list as they came', async () => {
    const text = '\tsymbol\tname\n1\tAAPL\tApple Ää\r\n2\t"BRK.B"\tx\uFFFD\n';
    for await (const { list } of readRequests(chunked(`\uFEFF\n# title\n${text}\nNEXT`))) {
      expect(await textOf(list)).toBe(`${text}\n`);
      break;
    }
  });

  it('reads UTF-16 where the input starts with its mark', async () => {
    expect(await readAll(chunked(Buffer.from('\uFEFFA\r\n\r\n{"symbols":["Ä"]}', 'utf16le')))).toEqual([
      ['A'],
      ['Ä'],
    ]);
  });

  it('reads JSON requests one a line, and a list after them without a blank line', async () => {
    const lines = ['{"symbols":["A"]}', '  {"universe":"us-stocks","top":5}', 'B', '{"symbols":["C"]}'];
    // In a list, a line is a line of the list.
    expect(await readAll(chunked(lines.join('\n')))).toEqual([
      ['A'],
      'us-stocks',
      ['B', '{"symbols":["C"]}'],
    ]);
  });

  it('takes JSON lines of symbols as a list', async () => {
    const list = '{"symbol":"A","sector":"Energy"}\n{"symbol":"B"}\n\n';
    expect(await readAll(chunked(...list, '{"ticker":"C"}'))).toEqual([['A', 'B'], ['C']]);
  });

  it('gives each request an id', async () => {
    const ids: string[] = [];
    for await (const { id } of readRequests(chunked('A\n\nB\n\n{"id":"mine","symbols":["C"]}'))) ids.push(id);
    expect(new Set(ids).size).toBe(3);
    expect(ids[2]).toBe('mine');
  });

  it('reports what is no request, shortened, and reads the next', async () => {
    const problems: RequestProblem[] = [];
    const broken = `{"symbols":["${'A'.repeat(500)}"`;
    const chunks = chunked(`{"top":0}\n${broken}\n{"symbols":["B"]}`);
    expect(await readAll(chunks, { onProblem: (problem) => problems.push(problem) })).toEqual([['B']]);
    expect(problems).toEqual([
      {
        problems: [
          'top: expected an integer from 1 to 10,000,000, got `0`',
          'symbols, universe: expected one of them, got neither',
        ],
        text: '{"top":0}',
      },
      { problems: [expect.stringMatching(/^expected JSON/)], text: `${broken.slice(0, 119)}…` },
    ]);
  });

  it.each([1, 7, 1000])('reports a JSON line that is too long, in chunks of %d bytes', async (size) => {
    const text = `{"symbols":["${'A'.repeat(100)}"]}\n{"symbols":["B"]}\n`;
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    expect(await readAll(chunked(...pieces), { maxLineBytes: 50 })).toEqual([
      expect.stringMatching(/^problem: \{"symbols":\["A/),
      ['B'],
    ]);
  });

  it('reads a list whose lines are beyond 1 MiB', async () => {
    const long = 'X'.repeat(2 ** 20 + 10);
    expect(await readAll(chunked('A\n', long, long, '\nB\n\nC'))).toEqual([
      ['A', expect.stringMatching(/^X+$/), 'B'],
      ['C'],
    ]);
  });

  it('fails a list that is too long, and passes over the rest of it', async () => {
    const requests = readRequests(chunked('AAPL\n', 'MSFT\n', 'TSLA\n\nB\n'), { maxListBytes: 10 });
    const first = (await requests.next()).value!;
    await expect(symbolsOf(first)).rejects.toThrow(LostGroundError);
    const second = (await requests.next()).value!;
    expect(await symbolsOf(second)).toEqual(['B']);
    expect((await requests.next()).done).toBe(true);
  });
});

describe('a pause', () => {
  const start = () => {
    const clock = new VirtualClock();
    const input = writtenInput();
    const said: unknown[] = [];
    const ended = readAll(input.chunks, { idleMs: IDLE_MS, clock }, (one) => said.push(one));
    const pause = async (ms = IDLE_MS) => {
      await clock.advance(ms);
      for (let each = 0; each < 3; each++) await turn();
    };
    return { ...input, write: input.write, said, ended, pause };
  };

  it('ends a list', async () => {
    const { write, pause, said, ended } = start();
    await write('A\nB\n');
    await pause(IDLE_MS - 1);
    expect(said).toEqual([]);
    await pause(1);
    expect(said).toEqual([['A', 'B']]);
    await write('C\n');
    await pause();
    expect(said).toEqual([['A', 'B'], ['C']]);
    await write(undefined);
    expect(await ended).toEqual([['A', 'B'], ['C']]);
  });

  it('ends nothing in the middle of a line', async () => {
    const { write, pause, said, ended } = start();
    await write('A\nMS');
    await pause();
    await write('FT\n');
    await write('{"sym');
    await pause();
    expect(said).toEqual([]);
    await write('bol":"B"}\n');
    await pause();
    expect(said).toEqual([['A', 'MSFT', '{"symbol":"B"}']]);
    await write('{"symbols"');
    await pause();
    await write(':["C"]}\n');
    await write(undefined);
    expect(await ended).toEqual([['A', 'MSFT', '{"symbol":"B"}'], ['C']]);
  });

  it('is not ended by part of it', async () => {
    const { write, pause, said } = start();
    await write('A\n');
    await pause(IDLE_MS - 1);
    await write('B\n');
    await pause(IDLE_MS - 1);
    expect(said).toEqual([]);
    await pause(1);
    expect(said).toEqual([['A', 'B']]);
  });

  it('is noticed while the reader of the list is busy with what came before', async () => {
    const clock = new VirtualClock();
    const input = writtenInput();
    const requests = readRequests(input.chunks, { idleMs: IDLE_MS, clock });
    const first = requests.next();
    await input.write('A\n');
    const list = (await first).value!.list as AsyncGenerator<Uint8Array>;
    expect(Buffer.from((await list.next()).value!).toString()).toBe('A\n');
    await clock.advance(IDLE_MS);
    await turn();
    // It has come before anybody asked whether the list goes on.
    await input.write('B\n');
    await input.write(undefined);
    expect((await list.next()).done).toBe(true);
    expect(await symbolsOf((await requests.next()).value!)).toEqual(['B']);
    expect((await requests.next()).done).toBe(true);
  });
});

describe('a list that is read slowly', () => {
  it('holds the input back', async () => {
    let given = 0;
    const endless = (async function* () {
      for (;;) {
        given++;
        yield Buffer.from('AAPL\nMSFT\n'.repeat(1000));
      }
    })();
    const requests = readRequests(endless);
    const list = (await requests.next()).value!.list as AsyncGenerator<Uint8Array>;
    for (let read = 1; read <= 20; read++) {
      await list.next();
      await turn();
      expect(given).toBeLessThanOrEqual(read + 2);
    }
    await list.return(undefined);
    void requests.return();
  });

  it('keeps the next request waiting', async () => {
    const requests = readRequests(chunked('A\n', 'B\n', '\nC'));
    const list = (await requests.next()).value!.list as AsyncGenerator<Uint8Array>;
    await list.next();
    let second: ScanRequest | undefined;
    const pending = requests.next().then(({ value }) => {
      second = value as ScanRequest;
    });
    await turn();
    expect(second).toBeUndefined();
    expect(await textOf(list)).toBe('B\n\n');
    await pending;
    expect(await symbolsOf(second!)).toEqual(['C']);
  });

  it('is passed over from where its reader left, or whole where there was none', async () => {
    const requests = readRequests(chunked('A\n', 'B\n', '\nC\n', 'D\n\nE'));
    for await (const _ of (await requests.next()).value!.list as AsyncIterable<Uint8Array>) break;
    const second = (await requests.next()).value!;
    const third = (await requests.next()).value!;
    await expect(symbolsOf(second)).rejects.toThrow('passed over');
    expect(await symbolsOf(third)).toEqual(['E']);
  });

  it('does not look whole where the requests are let go before its end', async () => {
    const requests = readRequests(chunked('A\n', 'B\n', 'C\n'));
    const { list } = (await requests.next()).value!;
    await requests.return();
    await expect(textOf(list)).rejects.toThrow('closed');
  });

  it('fails where the input fails, and so does asking for the next', async () => {
    const failing = (async function* () {
      yield Buffer.from('A\n');
      throw new LostGroundError('Cannot read it: EIO');
    })();
    const requests = readRequests(failing);
    await expect(symbolsOf((await requests.next()).value!)).rejects.toThrow('EIO');
    await expect(requests.next()).rejects.toThrow('EIO');
  });
});

describe('any input', () => {
  const line = fc.constantFrom(
    '',
    ' ',
    '\t ',
    '# note',
    'AAPL',
    ' MSFT TSLA',
    '\tF',
    'Ä😀',
    '{"symbols":["X","Y"]}',
    ' {"universe":"us-stocks"}',
    '{"symbol":"Z"}',
    '{"broken',
    '["Q"]',
  );
  const terminator = fc.constantFrom('\n', '\n', '\r\n', '\r');
  const inputs = fc.array(fc.tuple(line, terminator), { maxLength: 30, size: 'max' });

  /** The requests of a text with pauses at some places of it, from its lines. */
  function expectedOf(text: string, pauses: ReadonlySet<number>): string[] {
    const all: string[] = [];
    let list: string | undefined;
    const endList = () => {
      if (list !== undefined) all.push(list);
      list = undefined;
    };
    let at = 0;
    for (const whole of text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []) {
      const content = whole.replace(/[\r\n]+$/, '');
      at += whole.length;
      if (content.trim() === '') endList();
      else if (list !== undefined) list += `${content}\n`;
      else if (content === '{"symbol":"Z"}') list = `${content}\n`;
      else if (content.trim().startsWith('{')) all.push(content.trim());
      else if (!content.startsWith('#')) list = `${content}\n`;
      const hasEnd = content.length < whole.length;
      if (hasEnd && (pauses.has(at) || (whole.endsWith('\r\n') && pauses.has(at - 1)))) endList();
    }
    endList();
    return all;
  }

  /** With LF alone, and one at the end. */
  const plain = (text: string) => `${text.replaceAll(/\r\n?/g, '\n').replace(/(?:\n[ \t]*)*$/, '')}\n`;

  test.prop([
    inputs,
    fc.boolean(),
    fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 30, size: 'max' }),
  ])('has the requests that its lines and pauses make, wherever it is cut', async (lines, endsLast, cuts) => {
    let text = lines.flat().join('');
    if (!endsLast) text = text.replace(/[\r\n]+$/, '');
    // Cuts are between characters here, so that a pause has a place in the text.
    const places = new Map(cuts.map(([place, isPause]) => [place % (text.length + 1), isPause]));
    for (const place of places.keys()) if (/[\uDC00-\uDFFF]/.test(text[place] ?? '')) places.delete(place);
    const pauses = new Set([...places].filter(([, isPause]) => isPause).map(([place]) => place));

    const clock = new VirtualClock();
    const input = writtenInput();
    const all: string[] = [];
    const reading = (async () => {
      const onProblem = (problem: RequestProblem) => all.push(problem.text.trim());
      for await (const request of readRequests(input.chunks, { idleMs: IDLE_MS, clock, onProblem })) {
        if (request.universe !== undefined) all.push(`{"universe":"${request.universe}"}`);
        else if (Symbol.asyncIterator in request.list) all.push(plain(await textOf(request.list)));
        else all.push(JSON.stringify({ symbols: request.list }));
      }
    })();
    let start = 0;
    for (const place of [...places.keys(), text.length].sort((a, b) => a - b)) {
      if (place > start) await input.write(text.slice(start, place));
      start = place;
      if (pauses.has(place) && place > 0) {
        await clock.advance(IDLE_MS);
        await turn();
        await turn();
      }
    }
    await input.write(undefined);
    await reading;
    expect(all).toEqual(expectedOf(text, pauses));
  });
});

describe('requests on a pipe', () => {
  it('are read as they come from a process that leaves it open', async () => {
    const modules = ['../../src/daemon/read-requests.ts', '../../src/sources/stdin.ts'].map((path) =>
      JSON.stringify(new URL(path, import.meta.url).href),
    );
    const code = `
      const { readRequests } = await import(${modules[0]});
      const { openStdin } = await import(${modules[1]});
      const input = openStdin();
      for await (const { list } of readRequests(input.chunks, { idleMs: 20 })) {
        let text = '';
        for await (const piece of list) text += piece;
        console.log(JSON.stringify(text));
        if (text.includes('stop')) input.stop();
      }
      console.log('ended');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const said: string[] = [];
    const writes = ['{"symbols":["MSFT"]}\n', 'stop\n'];
    child.stdin.write('AAPL\nF\n');
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      const next = writes.shift();
      if (next !== undefined) child.stdin.write(next);
    }
    expect(said).toEqual(['"AAPL\\nF\\n"', '"MSFT"', '"stop\\n"', 'ended']);
  });
});
