import { viewMarketDay } from '../market-day.ts';
import { PanelFiller, type PanelShape } from '../panel-filler.ts';
import type { Session } from '../types.ts';
import { decodePolygonGrouped } from './decoders/polygon-grouped.ts';

/** A session that was decoded into a panel. */
export interface DecodedRows {
  readonly rows: number;
  /** As of a `DecodedDay`. */
  readonly doubled: number;
  readonly unusable: number;
}

/**
 * Decodes sessions of the whole market into a panel.
 *
 * Order: none. Failure: as `decodePolygonGrouped`, and the panel has nothing of that body. Holds: the bytes of up to 16 days,
 * which the next ones are decoded into.
 */
export class PanelDecoder {
  readonly #filler: PanelFiller;
  readonly #rooms: Uint8Array[] = [];

  constructor(shape: PanelShape) {
    this.#filler = new PanelFiller(shape);
  }

  /** The bars are in the panel after the next `flush`. */
  put(body: readonly Uint8Array[], session: Session): DecodedRows {
    const place = this.#filler.waiting;
    // Memory that was used before: a fresh day's costs as much as filling it.
    const day = decodePolygonGrouped(body, session, (size) => {
      const room = this.#rooms[place];
      if (room !== undefined && room.length >= size) return room.subarray(0, size);
      const larger = new Uint8Array(size);
      this.#rooms[place] = larger;
      return larger;
    });
    const view = viewMarketDay(day.bytes);
    this.#filler.add(view);
    return { rows: view.rows, doubled: day.doubled, unusable: day.unusable };
  }

  flush(): void {
    this.#filler.flush();
  }
}
