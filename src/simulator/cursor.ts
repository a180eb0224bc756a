/** Settings of a query that travel in a cursor, as text that means nothing to the client. */
export function cursorText(settings: Readonly<Record<string, string | number | boolean>>): string {
  const text = new URLSearchParams(
    Object.entries(settings).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return Buffer.from(text.toString()).toString('base64url');
}

/** The settings that a cursor carries; of any other text, whatever comes out. */
export function readCursor(cursor: string): URLSearchParams {
  return new URLSearchParams(Buffer.from(cursor, 'base64url').toString());
}

/** The settings of a query: those of its cursor, where it has one. */
export function settingsOf(query: URLSearchParams): URLSearchParams {
  const cursor = query.get('cursor');
  return cursor === null ? query : readCursor(cursor);
}
