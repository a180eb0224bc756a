import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { Pool } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpGet, joined } from '../../src/sources/http-get.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { failureOf, never } from '../support/source-suite.ts';

/** Gets what a server answers with: by turns, what `bodies` holds. */
async function getting(bodies: readonly Uint8Array[], { encoding = 'gzip', status = 200 } = {}) {
  const server = await scriptedServer((response) => {
    const body = bodies[server.requests.length - 1]!;
    response.writeHead(status, { 'content-encoding': encoding }).end(body);
  });
  const pool = new Pool(server.url, { connections: 1 });
  onTestFinished(() => pool.destroy());
  return (maxBytes: number) => httpGet(pool, '/', { headers: {}, maxBytes, signal: never });
}

/** A gzip member of a text that repeats, as market data does. */
const member = fc
  .record({ text: fc.string({ minLength: 1, maxLength: 20 }), times: fc.integer({ min: 0, max: 9000 }) })
  .map(({ text, times }) => Buffer.from(text.repeat(times)));
/** Whose last field says little of the whole: a body may be several members, and the last one short. */
const members = fc.array(member, { minLength: 1, maxLength: 4, size: 'max' });

describe('a GET of a zipped body', () => {
  test.prop([members], { numRuns: 60 })('brings what was zipped, in one member or several', async (parts) => {
    const whole = Buffer.concat(parts);
    const zipped = Buffer.concat(parts.map((part) => gzipSync(part)));
    const get = await getting([zipped]);
    // A limit of the wire as well.
    const { pieces } = await get(Math.max(zipped.length, whole.length));
    expect(Buffer.compare(joined(pieces), whole)).toBe(0);
  });

  test.prop([members], { numRuns: 60 })('refuses one byte more than is allowed', async (parts) => {
    const whole = Buffer.concat(parts);
    const zipped = Buffer.concat(parts.map((part) => gzipSync(part)));
    fc.pre(zipped.length < whole.length);
    const get = await getting([zipped]);
    expect(await failureOf(get(whole.length - 1))).toMatchObject({ code: 'too-large', stage: 'fetch' });
  });

  it('unzips a whole body into one piece of memory of its size', async () => {
    const whole = Buffer.alloc(600_000, '{"T":"ABC","c":12.5},');
    const get = await getting([gzipSync(whole)]);
    const [body, ...others] = (await get(64 * 2 ** 20)).pieces;
    expect(others).toEqual([]);
    expect(body!.buffer.byteLength).toBe(whole.length + 1);
    expect(whole.equals(body!)).toBe(true);
  });

  it('takes no more memory than is allowed for a body that says it is larger', async () => {
    const zipped = gzipSync('bars');
    zipped.writeUInt32LE(0xffff_ffff, zipped.length - 4);
    const get = await getting([zipped]);
    const before = process.memoryUsage().arrayBuffers;
    expect(await failureOf(get(100_000))).toMatchObject({ code: 'malformed', stage: 'fetch' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20);
  });

  it('fails on what breaks off, is empty or is not zipped, and goes on with the next', async () => {
    const sound = gzipSync('bars');
    const broken = [sound.subarray(0, -9), sound.subarray(0, 3), Buffer.alloc(0), Buffer.from('not zipped')];
    const get = await getting([...broken, sound]);
    for (const _body of broken) {
      const cause = { code: expect.stringMatching(/^Z_/) };
      expect(await failureOf(get(100))).toMatchObject({ code: 'malformed', stage: 'fetch', cause });
    }
    expect(Buffer.from(joined((await get(100)).pieces)).toString()).toBe('bars');
  });

  it.each(['x-gzip', 'GZIP'])('knows it by another spelling: %s', async (encoding) => {
    const get = await getting([gzipSync('bars')], { encoding });
    expect(joined((await get(100)).pieces).toString()).toBe('bars');
  });
});

describe('a GET of a body in some encoding', () => {
  it('says which, of a success', async () => {
    const get = await getting([brotliCompressSync('bars')], { encoding: 'br' });
    expect(await failureOf(get(100))).toMatchObject({
      code: 'malformed',
      message: 'A body encoded as `br`, which nobody asked for',
    });
  });

  it.each([
    ['another encoding', 'br', brotliCompressSync('no')],
    ['no body at all', 'gzip', Buffer.alloc(0)],
    ['a body that does not unzip', 'gzip', Buffer.from('no')],
    ['a body that is too large', 'gzip', gzipSync(Buffer.alloc(10_000))],
  ])('leaves a refusal what it is, without its words: %s', async (_what, encoding, body) => {
    const get = await getting([body], { encoding, status: 403 });
    expect(await get(100)).toMatchObject({ status: 403, pieces: [] });
  });

  it('takes what is not encoded as it is', async () => {
    const get = await getting([Buffer.from('bars')], { encoding: 'identity' });
    expect(joined((await get(100)).pieces).toString()).toBe('bars');
  });
});
