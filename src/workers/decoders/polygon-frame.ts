import { ScanError } from '../../errors.ts';
import { CLOSE_BRACE, COLON, type JsonScanner, OPEN_BRACE, QUOTE } from './json-scanner.ts';

const MAX_WORDS = 200;

/** What every answer of Polygon says besides its data. */
export interface Frame {
  status: string | undefined;
  /** The provider's words, where it reports an error or explains itself. */
  error: string | undefined;
  message: string | undefined;
  adjusted: boolean;
  hasNext: boolean;
}

/**
 * Walks over the members of a document, in the pieces in which it came, which must be an object. `take` is told the key of
 * what is no part of the frame, and takes the value or returns false.
 *
 * A key that is there twice counts with its last value, as in `JSON.parse`. Failure: a `ScanError` of stage `decode`:
 * `empty-body`, `not-json`, `malformed`, and whatever `take` throws.
 */
export function scanFrame(
  scanner: JsonScanner,
  document: readonly Uint8Array[],
  take: (key: string) => boolean,
): Frame {
  const frame: Frame = {
    status: undefined,
    error: undefined,
    message: undefined,
    adjusted: false,
    hasNext: false,
  };
  const length = scanner.open(document);
  const first = scanner.peek();
  if (first === 0 && scanner.at >= length) {
    throw new ScanError('empty-body', 'The body is empty', { stage: 'decode' });
  }
  if (first !== OPEN_BRACE) {
    throw new ScanError('not-json', 'Expected a JSON object, got something else', { stage: 'decode' });
  }
  scanner.at++;
  if (scanner.peek() === CLOSE_BRACE) {
    scanner.at++;
  } else {
    do {
      const key = scanner.readString();
      scanner.expect(COLON);
      if (key === 'status') frame.status = readText(scanner);
      else if (key === 'error') frame.error = readText(scanner);
      else if (key === 'message') frame.message = readText(scanner);
      else if (key === 'next_url') frame.hasNext = readText(scanner) !== undefined;
      else if (key === 'adjusted') frame.adjusted = readText(scanner) === 'true';
      else if (!take(key)) scanner.skipValue();
    } while (scanner.hasMore(CLOSE_BRACE));
  }
  scanner.expectEnd();
  return frame;
}

/** Takes any value: the text of a string, the JSON of anything else, `undefined` for null. */
export function readText(scanner: JsonScanner): string | undefined {
  if (scanner.peek() === QUOTE) return scanner.readString();
  const start = scanner.at;
  scanner.skipValue();
  const text = scanner.textFrom(start);
  return text === 'null' ? undefined : text;
}

/**
 * Whether the provider says that it answered: `OK`, or `DELAYED` by the quarter of an hour of some plans.
 *
 * Failure: a `ScanError` of stage `decode` with the provider's words, `unauthorized` or `provider-error`; `malformed`
 * without any status.
 */
export function checkFrame({ status, error, message }: Pick<Frame, 'status' | 'error' | 'message'>): void {
  if (error === undefined && (status === 'OK' || status === 'DELAYED')) return;
  if (error === undefined && status === undefined) {
    throw new ScanError('malformed', 'The body has no status', { stage: 'decode' });
  }
  const code = status === 'NOT_AUTHORIZED' ? 'unauthorized' : 'provider-error';
  const words = error ?? message ?? 'no explanation';
  throw new ScanError(code, `The provider answered ${printable(status ?? 'an error')}: ${printable(words)}`, {
    stage: 'decode',
  });
}

/** Text from outside on one line, shortened. */
export function printable(words: string): string {
  return words.slice(0, MAX_WORDS).replace(/\p{Cc}+/gu, ' ');
}
