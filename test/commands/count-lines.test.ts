import { expect, it } from 'vitest';
import { countLines } from '../../src/commands/count-lines.ts';
import type { SymbolInput } from '../../src/sources/symbol-input.ts';

async function* inPieces(...pieces: readonly string[]) {
  for (const piece of pieces) yield new TextEncoder().encode(piece);
}

function inputOf(bytes: number | undefined, ...pieces: readonly string[]): SymbolInput {
  const isFile = bytes !== undefined;
  return {
    name: 'x',
    chunks: inPieces(...pieces),
    isTerminal: false,
    isFile,
    ...(isFile && { bytes }),
    stop() {},
  };
}

it('foretells the lines of a file by what was read of it, and hands every byte on', async () => {
  const { input, lines } = countLines(inputOf(16, 'AAPL\nB', 'CD\n', 'EF\nGHI\n'));
  const forecasts = [lines()];
  let text = '';
  for await (const chunk of input.chunks) {
    text += new TextDecoder().decode(chunk);
    forecasts.push(lines());
  }
  expect(text).toBe('AAPL\nBCD\nEF\nGHI\n');
  expect(forecasts).toEqual([undefined, 3, 4, 4]);
});

it('foretells nothing of a pipe', async () => {
  const { input, lines } = countLines(inputOf(undefined, 'A\nB\n'));
  for await (const _ of input.chunks);
  expect(lines()).toBeUndefined();
});
