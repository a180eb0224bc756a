/** A module that cannot be loaded: by every other thread at once, by the rest after a while. Each says so before. */
import { setTimeout as pause } from 'node:timers/promises';
import { BroadcastChannel, threadId } from 'node:worker_threads';

if (threadId % 2 === 0) await pause(300);
const channel = new BroadcastChannel('failing-starts');
channel.postMessage(threadId);
channel.close();
throw new Error(`Thread ${threadId} cannot start`);
