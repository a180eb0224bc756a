import { getEventListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Stop } from '../../src/state/stop.ts';
import { armStop } from '../../src/streams/arm-stop.ts';

const stopped = (stop: Stop) => new Promise<void>((resolve) => stop.onStop(resolve));

it('stops a scan at its deadline', async () => {
  const stop = new Stop();
  armStop(stop, { deadlineMs: 5 });
  expect(stop.reason).toBeUndefined();
  await stopped(stop);
  expect(stop.reason).toBe('deadline');
});

it('stops a scan by a signal', () => {
  const stop = new Stop();
  const controller = new AbortController();
  const disarm = armStop(stop, { deadlineMs: Number.POSITIVE_INFINITY, signal: controller.signal });
  expect(stop.reason).toBeUndefined();
  controller.abort();
  expect(stop.reason).toBe('interrupted');
  disarm();
});

it('stops a scan at once by a signal that was given before', () => {
  const stop = new Stop();
  armStop(stop, { deadlineMs: 60_000, signal: AbortSignal.abort() })();
  expect(stop.reason).toBe('interrupted');
});

it('does nothing any more once it is disarmed', async () => {
  const stop = new Stop();
  const controller = new AbortController();
  armStop(stop, { deadlineMs: 1, signal: controller.signal })();
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  controller.abort();
  await pause(10);
  expect(stop.reason).toBeUndefined();
});
