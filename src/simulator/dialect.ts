/** How a provider words its refusals. */
export interface Dialect {
  errorBody(words: string): Buffer;
  /** Of a 429. */
  readonly tooMany: Buffer;
  /** Of a 401. */
  readonly unknownKey: Buffer;
}

const polygonError = (error: string) =>
  Buffer.from(JSON.stringify({ status: 'ERROR', request_id: '0'.repeat(32), error }));
const alpacaError = (message: string) => Buffer.from(JSON.stringify({ message }));

export const POLYGON: Dialect = {
  errorBody: polygonError,
  tooMany: polygonError(
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue.",
  ),
  unknownKey: polygonError('Unknown API Key'),
};

export const ALPACA: Dialect = {
  errorBody: alpacaError,
  tooMany: alpacaError('too many requests.'),
  unknownKey: alpacaError('unauthorized.'),
};
