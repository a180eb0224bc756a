/**
 * A process that publishes a ranking to a Redis stream, for tests that kill it:
 *
 *     node test/sinks/redis-stream-process.ts URL ROWS SCAN
 */
import { createRedisStream } from '../../src/sinks/redis-stream.ts';
import { createRanking } from '../support/rankings.ts';

const [url = '', rows = '', scan = ''] = process.argv.slice(2);
const sink = createRedisStream({ url });
await sink.publish(createRanking(Number(rows), { scan }));
await sink.close();
