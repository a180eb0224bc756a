/**
 * What a ranking was made of, as gzipped NDJSON: a line for the scan, then a line for each symbol that was scored.
 *
 * With the bars in the cache, that is enough to make the same ranking again.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { BesideSeries, FormingBar, Listing, SymbolId } from '../types.ts';
import type { SettingTexts } from './deciding-settings.ts';

/** The first line. */
export interface ManifestHead {
  readonly type: 'manifest';
  /** Of this form: another one is not read. */
  readonly form: typeof FORM;
  readonly scan: string;
  /** Of the program that scanned. */
  readonly version: string;
  /** ISO date of the as-of session. */
  readonly as_of: string;
  /** ISO date of the session under way whose bars were scored too; `null` where there was none. */
  readonly forming: string | null;
  readonly source: string;
  /** Names the data in the cache. */
  readonly dataset: string;
  /** ISO timestamp. */
  readonly started: string;
  /** Every setting that the ranking follows from. */
  readonly settings: SettingTexts;
  /** Symbols that were scored: the lines that follow. */
  readonly symbols: number;
  /** Rows of the ranking. */
  readonly rows: number;
  /** Of the rows as NDJSON, in hexadecimal: the digest of the file that `--out FILE.ndjson` writes. */
  readonly sha256: string;
}

/** One symbol whose row was compared with all others, ranked or not. */
export interface ScoredSymbol {
  readonly symbol: SymbolId;
  /** Of its feature row (`hash-row.ts`). */
  readonly hash: number;
  /** All that was said of it. */
  readonly listing?: Listing | undefined;
  /** What its bars were adjusted for, and the bar that no cache keeps. */
  readonly beside: BesideSeries;
}

export interface Manifest {
  readonly head: ManifestHead;
  readonly scored: readonly ScoredSymbol[];
}

/** A later line. */
interface SymbolLine {
  readonly symbol: SymbolId;
  readonly hash: number;
  readonly listing?: Listing | undefined;
  readonly splits?: readonly number[] | undefined;
  readonly forming?: readonly number[] | undefined;
}

export const FORM = 1;
/** Of a million symbols: more is no manifest. */
const MAX_TEXT_BYTES = 2 ** 29;
/** The fastest: a level more takes twice the time for a tenth of the size. */
const LEVEL = 1;

/** The bytes of a manifest, compressed beside the main thread. Holds: its text. */
export function encodeManifest({ head, scored }: Manifest): Promise<Buffer> {
  const lines = scored.map(({ symbol, hash, listing, beside: { splits, forming } }) =>
    JSON.stringify({
      ...{ symbol, hash, listing, splits },
      forming: forming && [
        forming.session,
        forming.open,
        forming.high,
        forming.low,
        forming.close,
        forming.volume,
      ],
    } satisfies SymbolLine),
  );
  return promisify<Buffer, object, Buffer>(gzip)(
    Buffer.from(`${[JSON.stringify(head), ...lines].join('\n')}\n`),
    { level: LEVEL },
  );
}

/** The manifest of its bytes. Failure: an `Error` that says what is wrong with them. */
export async function decodeManifest(bytes: Uint8Array): Promise<Manifest> {
  const text = await promisify<Uint8Array, object, Buffer>(gunzip)(bytes, {
    maxOutputLength: MAX_TEXT_BYTES,
  });
  const [first = '', ...lines] = text.toString().trimEnd().split('\n');
  const head = JSON.parse(first) as ManifestHead;
  if (head.type !== 'manifest') throw new Error('it is no manifest of a scan');
  if (head.form !== FORM) throw new Error(`it has the form ${head.form}, and this program reads ${FORM}`);
  if (lines.length !== head.symbols)
    throw new Error(`it has ${lines.length} symbols, and should have ${head.symbols}`);
  return { head, scored: lines.map((line) => scoredOf(JSON.parse(line) as SymbolLine)) };
}

function scoredOf({ symbol, hash, listing, splits, forming }: SymbolLine): ScoredSymbol {
  const beside: BesideSeries = {
    ...(splits && { splits }),
    ...(forming && { forming: formingOf(forming) }),
  };
  return { symbol, hash, ...(listing && { listing }), beside };
}

function formingOf(numbers: readonly number[]): FormingBar {
  const [session, open, high, low, close, volume] = numbers as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { session, open, high, low, close, volume };
}
