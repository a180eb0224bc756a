const MAX_CHARACTERS = 64;
/** Control, format, unassigned and private characters, and the line and paragraph separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * A foreign text for people to read: at most `maxCharacters` (the last one `…` where there was more), with `�` for
 * what is not printable. A copy, so that keeping it does not keep the text it was a part of.
 */
export function printable(text: string, maxCharacters = MAX_CHARACTERS): string {
  const shortened = text.length > maxCharacters ? `${text.slice(0, maxCharacters - 1)}…` : text;
  return Buffer.from(shortened).toString().replace(UNPRINTABLE, '\uFFFD');
}
