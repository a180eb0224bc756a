import { StringDecoder } from 'node:string_decoder';

const BYTE_ORDER_MARK = '\uFEFF';

interface StreamDecoder {
  write(bytes: Uint8Array): string;
  end(): string;
}

/**
 * Bytes to text, in pieces that may be cut anywhere: UTF-8, or UTF-16 in the order that a byte order mark says.
 *
 * The mark itself is left out. Never throws: what is not text becomes U+FFFD. Holds a character's bytes at most.
 */
export class BomDecoder {
  #decoder: StreamDecoder | undefined;
  /** A first byte that may be half of a UTF-16 mark. */
  #first: Uint8Array | undefined;
  #atStart = true;

  decode(bytes: Uint8Array): string {
    if (this.#decoder === undefined) {
      if (this.#first !== undefined) bytes = Buffer.concat([this.#first, bytes]);
      if (bytes.length === 0) return '';
      if (bytes.length === 1 && bytes[0]! >= 0xfe) {
        this.#first = Uint8Array.from(bytes);
        return '';
      }
      this.#decoder = decoderFor(bytes);
    }
    return this.#withoutMark(this.#decoder.write(bytes));
  }

  /** What is left when there are no more bytes. */
  end(): string {
    const decoder = this.#decoder ?? new StringDecoder('utf8');
    const rest = this.#decoder === undefined && this.#first !== undefined ? decoder.write(this.#first) : '';
    return this.#withoutMark(rest + decoder.end());
  }

  #withoutMark(text: string): string {
    if (!this.#atStart || text === '') return text;
    this.#atStart = false;
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }
}

function decoderFor(start: Uint8Array): StreamDecoder {
  if (start[0] === 0xff && start[1] === 0xfe) return utf16('utf-16le');
  if (start[0] === 0xfe && start[1] === 0xff) return utf16('utf-16be');
  // Several times as fast as a streaming TextDecoder, with the same text.
  return new StringDecoder('utf8');
}

function utf16(encoding: 'utf-16le' | 'utf-16be'): StreamDecoder {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return {
    write: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  };
}
