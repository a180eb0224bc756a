/** What is wrong with an expression, and where: `start` to `end` are indices into the text as it was typed. */
export interface Mistake {
  readonly start: number;
  readonly end: number;
  readonly what: string;
  /** What to write instead. */
  readonly remedy?: string | undefined;
}

const EXCERPT_WIDTH = 76;
const QUOTE_LENGTH = 40;

/** A mistake as a problem of several lines: what and where, the line of the text, and carets under the place. */
export function describeMistake(from: string, text: string, { what, start, end, remedy }: Mistake): string {
  const lineStart = text.slice(0, start).lastIndexOf('\n') + 1;
  const line = text.slice(lineStart).split('\n', 1)[0]!;
  const at = start - lineStart;
  const before = text.slice(0, lineStart).split('\n').length - 1;
  const place = text.includes('\n') ? `${at + 1} of line ${before + 1}` : String(at + 1);
  // A long line is cut so that the place is in view.
  const cut = line.length <= EXCERPT_WIDTH ? 0 : Math.max(0, at - EXCERPT_WIDTH / 2);
  const shown = printable(line.slice(cut, cut + EXCERPT_WIDTH));
  const carets = Math.max(1, Math.min(end - lineStart, cut + shown.length) - at);
  return [
    `${from}: ${what} at ${place}${remedy === undefined ? '' : `; ${remedy}`}`,
    `  ${shown}`,
    `  ${' '.repeat(at - cut)}${'^'.repeat(carets)}`,
  ].join('\n');
}

/** A piece of an expression inside a sentence: on one line, and not longer than a person reads. */
export function quote(piece: string): string {
  const plain = printable(piece.replaceAll(/\s+/g, ' '));
  return `\`${plain.length <= QUOTE_LENGTH ? plain : `${plain.slice(0, QUOTE_LENGTH - 1)}…`}\``;
}

/** Nothing that a terminal obeys; as long as before, or the carets would be off. */
function printable(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (hidden) => '�'.repeat(hidden.length));
}
