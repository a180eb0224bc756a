import { ConfigError } from '../errors.ts';
import type { RetryCall } from '../prefetch/retry-call.ts';
import type { SymbolInput } from '../sources/symbol-input.ts';
import type { BarSource, ListedSymbol, Session } from '../types.ts';

/** The universe of `--universe us-stocks`. */
export const US_STOCKS = 'us-stocks';

/** Common stocks and depositary receipts, in Polygon's words. */
const TYPES = ['CS', 'ADRC'];

/**
 * The stocks that a provider lists, or listed on a day, as an input: NDJSON, with what the directory says of each.
 *
 * Nothing is asked before it is read. Failure: `ConfigError` where the source has no directory; `chunks` rejects where it
 * cannot be had. Holds: the listing (some 6,000 symbols).
 */
export function directoryInput(
  { universe, name }: Pick<BarSource, 'universe' | 'name'>,
  { asOf, call }: { readonly asOf: Session | undefined; readonly call: RetryCall },
): SymbolInput {
  if (universe === undefined) {
    throw new ConfigError([
      `--universe ${US_STOCKS}: ${name} has no list of symbols; name a file, or another --source (\`tapescan sources\`)`,
    ]);
  }
  let stopped = false;
  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    if (stopped) return;
    const listed = await call(async (signal) => {
      const all: ListedSymbol[] = [];
      for await (const page of universe!.listSymbols({ asOf, types: TYPES }, signal)) all.push(...page);
      return all;
    });
    yield Buffer.from(listed.map((symbol) => `${JSON.stringify(symbol)}\n`).join(''));
  }
  return {
    name: US_STOCKS,
    chunks: read(),
    isTerminal: false,
    isFile: false,
    stop() {
      stopped = true;
    },
  };
}
