import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../src/sources/json-body.ts';

const read = (text: string) => readJson(new TextEncoder().encode(text));

describe('readJson', () => {
  it.each([
    ['{"a":[1]}', { a: [1] }],
    [' \n[]\n', []],
    ['null', null],
    ['\ufeff{}', {}],
  ])('reads %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each([
    ['', 'empty-body'],
    [' \r\n', 'empty-body'],
    ['<html>S3CRET</html>', 'not-json'],
    ['S3CRET', 'not-json'],
    ['{"S3CRET":', 'malformed'],
    ['["S3CRET"', 'malformed'],
  ])('refuses %j, and quotes nothing of it', (text, code) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code, stage: 'decode' });
    expect(inspect(error, { showHidden: true })).not.toContain('S3CRET');
  });
});
