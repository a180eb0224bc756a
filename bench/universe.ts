/**
 * The universe reader: lines a second for each form of list, and the set of symbols seen against a plain `Set`.
 *
 *     node --expose-gc bench/universe.ts [lines]
 */
import { readUniverse } from '../src/universe/read-universe.ts';
import { Seen } from '../src/universe/seen.ts';

const LINES = Number(process.argv[2] ?? 10_000_000);
const CHUNK_BYTES = 64 * 1024;
const SET_SIZE = 1_000_000;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The `index`th of a million different symbols of six letters, in an order without a pattern. */
function symbol(index: number): string {
  // 387,420,489 is odd and coprime to 26: a permutation of all six-letter words.
  let rest = (index * 387_420_489) % LETTERS.length ** 6;
  let text = '';
  for (let place = 0; place < 6; place++) {
    text += LETTERS[rest % LETTERS.length];
    rest = Math.floor(rest / LETTERS.length);
  }
  return text;
}

/** Chunks of lines, made once: the source must cost nothing while the reader is measured. */
function* chunks(line: (index: number) => string): Generator<Buffer> {
  let text = '';
  for (let index = 0; index < 200_000; index++) {
    text += `${line(index)}\n`;
    if (text.length < CHUNK_BYTES) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

async function measureForm(name: string, header: string, line: (index: number) => string): Promise<void> {
  const made = [...chunks(line)];
  const rounds = Math.ceil(LINES / 200_000);
  async function* source() {
    yield Buffer.from(header);
    for (let round = 0; round < rounds; round++) yield* made;
  }
  let entries = 0;
  let peakMb = 0;
  globalThis.gc?.();
  const started = performance.now();
  for await (const batch of readUniverse(source())) {
    entries += batch.length;
    if (entries % 512_000 < batch.length) peakMb = Math.max(peakMb, process.memoryUsage.rss() / 2 ** 20);
  }
  const seconds = (performance.now() - started) / 1000;
  const rate = (rounds * 200_000) / seconds / 1e6;
  console.log(
    `${name.padEnd(28)} ${rate.toFixed(2)} M lines/s, ${entries} entries, peak ${peakMb.toFixed(0)} MiB`,
  );
}

interface Adds {
  add(symbol: string): unknown;
}

function measureSet(name: string, create: () => Adds, ownBytes: (set: Adds) => number | undefined): void {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const set = create();
  const started = performance.now();
  for (let index = 0; index < SET_SIZE; index++) set.add(symbol(index));
  const making = makingNs();
  const addNs = ((performance.now() - started) * 1e6) / SET_SIZE - making;
  globalThis.gc?.();
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  const own = ownBytes(set);
  console.log(
    `${name.padEnd(28)} ${addNs.toFixed(0)} ns an add, ${(grown / SET_SIZE).toFixed(1)} bytes a symbol measured` +
      (own === undefined ? '' : `, ${(own / SET_SIZE).toFixed(1)} by its own count`),
  );
}

/** Nanoseconds that making a symbol takes, which is not the set's. */
function makingNs(): number {
  let length = 0;
  const started = performance.now();
  for (let index = 0; index < SET_SIZE; index++) length += symbol(index).length;
  if (length !== 6 * SET_SIZE) throw new Error('Expected symbols of six letters');
  return ((performance.now() - started) * 1e6) / SET_SIZE;
}

measureSet(
  'Seen',
  () => new Seen(),
  (set) => (set as Seen).bytes,
);
measureSet(
  'Set',
  () => new Set<string>(),
  () => undefined,
);
await measureForm('plain, 200,000 symbols', '', symbol);
await measureForm('plain, one symbol', '', () => 'AAPL');
await measureForm('plain, class shares', '', (index) => `${symbol(index).slice(0, 4)}.B`);
await measureForm('plain, junk', '', (index) => `%%~${index}`);
await measureForm(
  'delimited, quoted',
  'name,symbol,price\n',
  (index) => `"Some, Inc.",${symbol(index)},12.5`,
);
await measureForm('JSON lines', '', (index) => `{"symbol":"${symbol(index)}"}`);
