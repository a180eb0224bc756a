import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { scanNumber } from '../../src/simulator/number-scanner.ts';

describe('scanNumber', () => {
  const scanned = (text: string) => scanNumber(Buffer.from(`,${text},`), 1, 1 + text.length);

  test.prop([fc.double({ noNaN: true, noDefaultInfinity: true })], { numRuns: 2000 })(
    'reads what any number is written as',
    (value) => {
      expect(scanned(String(value))).toBe(Number(String(value)));
    },
  );

  test.prop([fc.stringMatching(/^-?[0-9]{0,20}(\.[0-9]{0,20})?$/)], { numRuns: 5000 })(
    'reads digits as Number does',
    (text) => {
      const hasDigits = /[0-9]/.test(text);
      expect(scanned(text)).toBe(hasDigits ? Number(text) : Number.NaN);
    },
  );

  it.each(['', '-', '.', '1,5', '0x10', ' 1', '1 ', '1e', '--1', '1.2.3', 'Infinity', 'NaN', '+-1'])(
    'reads no number from %j',
    (text) => {
      expect(scanned(text)).toBeNaN();
    },
  );
});
