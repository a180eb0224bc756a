import { describe, expect, it, vi } from 'vitest';
import { AnswerMemory } from '../../src/simulator/answer-memory.ts';

const answer = (bytes: number) => ({ status: 200, body: Buffer.alloc(bytes) });

describe('AnswerMemory', () => {
  it('makes an answer once', () => {
    const memory = new AnswerMemory(1e6);
    const make = vi.fn(() => answer(1000));
    const first = memory.answer('a', make);
    expect(memory.answer('a', make)).toBe(first);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('forgets what was made longest ago where it is full', () => {
    // Two answers are half of it.
    const memory = new AnswerMemory(44_000);
    const made: string[] = [];
    const ask = (name: string) =>
      memory.answer(name, () => {
        made.push(name);
        return answer(10_000);
      });
    for (const name of 'abcdabcd') ask(name);
    expect(made.join('')).toBe('abcd');
    for (const name of 'ecda') ask(name);
    expect(made.join('')).toBe('abcdea');
  });

  it('keeps nothing that is larger than half of it, nor what could not be made', () => {
    const memory = new AnswerMemory(5000);
    const make = vi.fn(() => answer(5000));
    memory.answer('a', make);
    memory.answer('a', make);
    expect(make).toHaveBeenCalledTimes(2);
    expect(() =>
      memory.answer('b', () => {
        throw new Error('not so');
      }),
    ).toThrow('not so');
    expect(memory.answer('b', () => answer(1)).status).toBe(200);
  });
});
