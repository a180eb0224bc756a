import type { Range, Token } from './tokens.ts';

/** A word of CEL and the token that it stands for, or before which it was added. */
interface Piece {
  readonly cel: string;
  readonly token: Token;
  readonly isAdded: boolean;
}

/** An expression in CEL as it is put together, and the way back from its places to those of the text as typed. */
export class Pieces {
  readonly #pieces: Piece[] = [];

  get length(): number {
    return this.#pieces.length;
  }

  add(cel: string, token: Token): void {
    this.#pieces.push({ cel, token, isAdded: false });
  }

  /** Adds what nobody typed, at an index. */
  insert(index: number, cel: string, token: Token): void {
    this.#pieces.splice(index, 0, { cel, token, isAdded: true });
  }

  /** The token of the piece at an index. */
  token(index: number): Token {
    return this.#pieces[index]!.token;
  }

  toString(): string {
    return this.#pieces.map(({ cel }) => cel).join(' ');
  }

  /** Where the token at a place of the CEL text was typed; nothing where that is its end. */
  tokenAt(place: number): Range | undefined {
    return place < String(this).length ? this.#pieces[this.#indexOf(place)]!.token : undefined;
  }

  /** Where a range of the CEL text was typed: whole tokens, with the parentheses that belong to them. */
  rangeOf({ start, end }: Range): Range {
    let from = this.#indexOf(start);
    let to = Math.max(from, this.#indexOf(end - 1));
    // CEL leaves out the parentheses at the edges of a range.
    let open = 0;
    for (let index = from; index <= to; index++) {
      open += this.#nesting(index);
      if (open < 0) {
        do from--;
        while (from > 0 && this.#pieces[from]!.cel !== '(');
        open = 0;
      }
    }
    while (open > 0 && to < this.length - 1) open += Math.min(0, this.#nesting(++to));
    const typed = this.#pieces.slice(from, to + 1).filter(({ isAdded }, index) => index === 0 || !isAdded);
    return {
      start: Math.min(...typed.map(({ token }) => token.start)),
      end: Math.max(...typed.map(({ token }) => token.end)),
    };
  }

  #indexOf(place: number): number {
    let end = 0;
    const index = this.#pieces.findIndex(({ cel }) => {
      end += cel.length + 1;
      return place < end;
    });
    return index < 0 ? this.length - 1 : index;
  }

  #nesting(index: number): -1 | 0 | 1 {
    const { cel } = this.#pieces[index]!;
    return cel === '(' || cel === '[' ? 1 : cel === ')' || cel === ']' ? -1 : 0;
  }
}
