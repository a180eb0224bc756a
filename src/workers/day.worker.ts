/** The entry of the thread that decodes days. */
import { parentPort } from 'node:worker_threads';
import { ScanError } from '../errors.ts';
import { type DayRequest, type DecodeAnswer, type DecodeRequest, unpackBody } from './day-messages.ts';
import { decodePolygonGrouped } from './decoders/polygon-grouped.ts';
import { PanelDecoder } from './panel-decoder.ts';
import { packError } from './wire-error.ts';

const panels = new Map<number, PanelDecoder>();

function answerTo(request: DecodeRequest): DecodeAnswer {
  try {
    return { ok: true, value: carryOut(request) };
  } catch (error) {
    return { ok: false, error: packError(ScanError.from(error, 'decode')) };
  }
}

function carryOut(request: DecodeRequest) {
  switch (request.type) {
    case 'open':
      panels.set(request.panel, new PanelDecoder(request.shape));
      return undefined;
    case 'day':
      return decode(request);
    case 'end':
      panels.get(request.panel)!.flush();
      panels.delete(request.panel);
      return undefined;
  }
}

function decode(request: DayRequest) {
  const { panel, session, buffers } = request;
  try {
    const body = unpackBody(request);
    return panel === undefined ? decodePolygonGrouped(body, session) : panels.get(panel)!.put(body, session);
  } finally {
    // Now, and not when the garbage collector comes: the next body takes its place.
    for (const buffer of buffers) buffer.transfer(0);
  }
}

const port = parentPort!;
port.on('message', (request: DecodeRequest) => port.postMessage(answerTo(request)));
