import { describe, expect, it } from 'vitest';
import { digestList, type RankingSubject, subjectKey } from '../../../src/daemon/changes/subject-key.ts';

describe('the key of a subject', () => {
  it('is the same for the same list and choice, in whatever order they are given', () => {
    const key = subjectKey({ list: ['A', 'B'], screen: ['nr7', 'squeeze'], where: 'close > 5', top: 10 });
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    const other = { where: ' close > 5', top: 10, screen: ['squeeze', 'nr7', 'nr7'], list: ['B', 'A', 'B'] };
    expect(subjectKey(other)).toBe(key);
  });

  it('is another one for anything else', () => {
    const subjects: readonly RankingSubject[] = [
      {},
      { universe: 'a.txt' },
      { universe: 'b.txt' },
      { list: ['A'] },
      { list: ['A', 'B'] },
      { list: 'A' },
      { list: ['A'], where: 'close > 5' },
      { list: ['A'], screen: ['close > 5'] },
      { list: ['A'], screen: ['mine'], define: [['mine', 'close > 5']] },
      { list: ['A'], screen: ['mine'], define: [['mine', 'close > 6']] },
      { list: ['A'], top: 5 },
      { list: ['A'], asOf: 5 },
      { list: ['A'], rankBy: 'composite' },
    ];
    expect(new Set(subjects.map(subjectKey)).size).toBe(subjects.length);
  });
});

describe('digestList', () => {
  async function read(...chunks: readonly string[]) {
    async function* bytes() {
      for (const chunk of chunks) yield Buffer.from(chunk);
    }
    const { list, digest } = digestList(bytes());
    let text = '';
    for await (const chunk of list) {
      expect(digest()).toBeUndefined();
      text += Buffer.from(chunk).toString();
    }
    return { text, digest: digest() };
  }

  it('passes a list on as it is, and tells its digest at its end, wherever it was cut', async () => {
    const whole = await read('AAPL\nMSFT\n');
    expect(whole.text).toBe('AAPL\nMSFT\n');
    expect(whole.digest).toMatch(/^[0-9a-f]{32}$/);
    expect(await read('AA', 'PL\nMS', 'FT\n')).toEqual(whole);
    expect((await read('AAPL\n')).digest).not.toBe(whole.digest);
  });
});
