/** The entry of the thread that writes a disk store: a request is a transaction. */
import { parentPort, workerData } from 'node:worker_threads';
import { BlockTable, isDamage } from './block-table.ts';
import { seal } from './seal.ts';
import {
  END,
  unpackEntries,
  type WriteAnswer,
  type WriteRequest,
  type WriterSetup,
} from './writer-messages.ts';

const { file, maxBytes } = workerData as WriterSetup;
const port = parentPort!;
let table: BlockTable | undefined;
let opened = 0;
/** Why nothing can be stored in the file of this generation: opened again, it might look sound until it is removed. */
let damage: { readonly error: unknown } | undefined;

function leave(): void {
  table?.close();
  table = undefined;
}

function store(request: WriteRequest): WriteAnswer {
  const { generation } = request;
  if (generation !== opened) {
    leave();
    damage = undefined;
    opened = generation;
  }
  if (damage !== undefined) return { kind: 'damaged', ...damage };
  try {
    table ??= new BlockTable(file);
    const entries = unpackEntries(request);
    seal(entries);
    table.put(entries, maxBytes);
    return { kind: 'stored' };
  } catch (error) {
    if (!isDamage(error)) return { kind: 'failed', error };
    leave();
    damage = { error };
    return { kind: 'damaged', error };
  }
}

port.on('message', (request: WriteRequest | typeof END) => {
  if (request !== END) {
    port.postMessage(store(request));
    return;
  }
  leave();
  port.close();
});
