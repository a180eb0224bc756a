const CHUNK_CHARS = 64 * 1024;

/** Joins pieces of text into chunks of about 64 K characters. Holds: one chunk. */
export function* chunkText(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
