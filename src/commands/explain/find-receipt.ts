import { ConfigError } from '../../errors.ts';
import { fileLines } from './file-lines.ts';
import { OUTCOME_KINDS, type Receipt } from './receipt.ts';

export interface FoundReceipt {
  /** How the symbol left the scan: of several, the one that is no repetition. */
  readonly receipt: Receipt | undefined;
  /** The scan's id, and the latest session of all symbols; absent where no receipt has one. */
  readonly scan?: string;
  readonly asOf?: string;
}

/**
 * Looks for a symbol in a scan's receipts.
 *
 * Failure: `ConfigError` with file, line and remedy, for what is not a receipt; as of `fileLines` otherwise.
 * Holds: a receipt, and the lines of 64 KiB.
 */
export async function findReceipt(path: string, symbol: string): Promise<FoundReceipt> {
  let found: Receipt | undefined;
  let scan: string | undefined;
  let asOf: string | undefined;
  for await (const { number, text } of fileLines(path)) {
    const receipt = parseReceipt(text);
    if (receipt === undefined) {
      throw new ConfigError([
        `${path}, line ${number}: expected a receipt; give the file that \`tapescan scan --receipts\` wrote`,
      ]);
    }
    scan ??= receipt.scan;
    // ISO dates are in the order of texts.
    if (receipt.session !== undefined && receipt.session > (asOf ?? '')) asOf = receipt.session;
    if (receipt.symbol === symbol && (found === undefined || found.reason === 'duplicate')) found = receipt;
  }
  return { receipt: found, ...(scan !== undefined && { scan }), ...(asOf !== undefined && { asOf }) };
}

function parseReceipt(text: string): Receipt | undefined {
  let value: Partial<Receipt> | null;
  try {
    value = JSON.parse(text) as Partial<Receipt> | null;
  } catch {
    return undefined;
  }
  const isReceipt =
    value?.type === 'receipt' &&
    typeof value.scan === 'string' &&
    typeof value.symbol === 'string' &&
    OUTCOME_KINDS.some((kind) => kind === value.outcome) &&
    (value.session === undefined || typeof value.session === 'string') &&
    (value.rules === undefined || (Array.isArray(value.rules) && value.rules.every(isString)));
  return isReceipt ? (value as Receipt) : undefined;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
