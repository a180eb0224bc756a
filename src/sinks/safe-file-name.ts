import { createHash } from 'node:crypto';

const LONGEST = 120;
const KEPT = 80;

/**
 * Any text as the name of a file: letters, digits, `_`, `-` and `.` stay, the rest is percent-encoded.
 *
 * Different texts have different names, none of them hidden, `.` or `..`; one that would be longer than 120 characters
 * ends with a digest instead.
 */
export function safeFileName(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\./, '%2E');
  // No encoded text is a percent sign alone.
  if (encoded === '') return '%';
  if (encoded.length <= LONGEST) return encoded;
  return `${encoded.slice(0, KEPT)}~${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
