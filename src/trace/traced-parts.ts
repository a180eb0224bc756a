import type { BlockStore } from '../cache/block-store.ts';
import { noStore } from '../cache/none.ts';
import type { BarSource } from '../types.ts';
import { tracedSource } from './traced-source.ts';
import { tracedStore } from './traced-store.ts';
import type { Tracer } from './tracer.ts';

/** What a scan runs on, with a source and a store that tell a tracer what they do; the rest stays as it is. */
export function tracedParts<
  P extends { readonly source: BarSource; readonly store?: BlockStore; readonly tracer?: Tracer | undefined },
>(parts: P): P {
  const { source, store = noStore, tracer } = parts;
  if (tracer === undefined) return parts;
  return {
    ...parts,
    source: tracedSource(source, tracer),
    // That nothing is kept has to stay visible.
    store: store === noStore ? noStore : tracedStore(store, tracer),
  };
}
