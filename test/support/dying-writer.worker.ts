/** A thread that ends, having stored nothing, with the first thing that it is asked to store. */
import { parentPort } from 'node:worker_threads';

parentPort!.once('message', () => process.exit(1));
