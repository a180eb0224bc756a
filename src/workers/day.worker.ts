/** The entry of the thread that decodes days. */
import { parentPort } from 'node:worker_threads';
import { ScanError } from '../errors.ts';
import { type DayAnswer, type DayRequest, unpackBody } from './day-messages.ts';
import { decodePolygonGrouped } from './decoders/polygon-grouped.ts';
import { packError } from './wire-error.ts';

function answerTo(request: DayRequest): DayAnswer {
  try {
    return { ok: true, day: decodePolygonGrouped(unpackBody(request), request.session) };
  } catch (error) {
    return { ok: false, error: packError(ScanError.from(error, 'decode')) };
  } finally {
    // Now, and not when the garbage collector comes: the next body takes its place.
    for (const buffer of request.buffers) buffer.transfer(0);
  }
}

const port = parentPort!;
port.on('message', (request: DayRequest) => port.postMessage(answerTo(request)));
