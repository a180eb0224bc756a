/** A thread that opens one fresh cache folder after another, each at the same moment as the other threads do. */
import { parentPort, workerData } from 'node:worker_threads';
import { openDiskStore } from '../../src/cache/disk.ts';
import { seriesOf } from './series.ts';

export interface OpenAtOnce {
  readonly folders: readonly string[];
  readonly threads: number;
  readonly key: string;
  /** How many threads have come to each folder. */
  readonly arrived: Int32Array;
}

const { folders, threads, key, arrived } = workerData as OpenAtOnce;
for (const [index, dir] of folders.entries()) {
  if (Atomics.add(arrived, index, 1) === threads - 1) Atomics.notify(arrived, index);
  for (let count = Atomics.load(arrived, index); count < threads; count = Atomics.load(arrived, index)) {
    Atomics.wait(arrived, index, count, 50);
  }
  const store = openDiskStore({ dir });
  await store.write([{ key, series: seriesOf({ bars: 3 }) }]);
  await store.close();
}
parentPort!.postMessage('done');
