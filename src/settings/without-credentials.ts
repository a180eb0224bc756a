/** A text to be shown, without what a URL in it may hold of secrets: user and password, and the query. */
export function withoutCredentials(text: string): string {
  return (
    text
      // Up to the last @: a password that is not encoded may hold any character.
      .replace(/^([a-z][a-z\d+.-]*:\/\/|[^/@]*:).*@/is, (_all, start: string) =>
        start.endsWith('//') ? `${start}[hidden]@` : '[hidden]@',
      )
      .replace(/^([a-z][a-z\d+.-]*:\/\/[^?]*\?).*$/is, '$1[hidden]')
  );
}
