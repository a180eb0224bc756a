import { gunzipSync, gzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeManifest, encodeManifest } from '../../src/journal/manifest.ts';
import { manifestOf, manifests } from '../support/manifests.ts';

describe('a manifest', () => {
  test.prop([manifests])('comes back as it was', async (manifest) => {
    expect(await decodeManifest(await encodeManifest(manifest))).toEqual(manifest);
  });

  test.prop([fc.nat(), fc.nat(255)], { numRuns: 50 })(
    'that is cut, or has another byte in its text, is not taken for another one',
    async (at, byte) => {
      const manifest = manifestOf('monday', ['AAPL', 'MSFT', 'F']);
      const whole = await encodeManifest(manifest);
      await expect(decodeManifest(whole.subarray(0, at % whole.length))).rejects.toThrow();
      // Of the compressed data; what stands before says when it was made, and how.
      const place = 10 + (at % (whole.length - 10));
      const other = Uint8Array.from(whole).with(place, byte);
      // A compressed text has a few bits that say nothing.
      expect(await decodeManifest(other).catch(() => manifest)).toEqual(manifest);
    },
  );

  it('is lines of JSON that others can read', async () => {
    const text = gunzipSync(await encodeManifest(manifestOf('monday', ['AAPL']))).toString();
    expect(text.split('\n').slice(1)).toEqual(['{"symbol":"AAPL","hash":0}', '']);
    expect(JSON.parse(text.split('\n')[0]!)).toMatchObject({ type: 'manifest', scan: 'monday', symbols: 1 });
  });

  it('says what is wrong with what is none', async () => {
    const { head } = manifestOf('monday');
    const decode = (...lines: readonly unknown[]) =>
      decodeManifest(gzipSync(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`));
    await expect(decode({ type: 'summary' })).rejects.toThrow('it is no manifest of a scan');
    await expect(decode({ ...head, form: 2 })).rejects.toThrow('it has the form 2, and this program reads 1');
    await expect(decode(head, { symbol: 'A' })).rejects.toThrow('it has 1 symbols, and should have 2');
  });
});
