import { ScanError } from '../errors.ts';

/**
 * The JSON of a body. Failure: a `ScanError` of stage `decode` (`empty-body`, `not-json`, `malformed`) that quotes nothing
 * of the body.
 */
export function readJson(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body).trim();
  if (text === '') throw new ScanError('empty-body', 'A success without any content', { stage: 'decode' });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Without the cause, which quotes the body.
    throw /^[[{]/.test(text)
      ? new ScanError('malformed', 'JSON that breaks off or goes wrong', { stage: 'decode' })
      : new ScanError('not-json', 'Expected JSON, got a page of something else', { stage: 'decode' });
  }
}
