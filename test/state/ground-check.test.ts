import { describe, expect, it } from 'vitest';
import { LostGroundError, ScanError, type SymbolErrorCode } from '../../src/errors.ts';
import { ROW_WIDTH } from '../../src/features.ts';
import { GroundCheck } from '../../src/state/ground-check.ts';
import type { Traveller } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';
import { seriesOf } from '../support/series.ts';

const entry = entryOf('A');
const row = new Float64Array(ROW_WIDTH);
const usable: Traveller = { kind: 'fresh', entry, row, series: seriesOf({ bars: 0 }) };
const fromCache: Traveller = { kind: 'scored', entry, row };
const refused = (code: SymbolErrorCode): Traveller => ({
  kind: 'failed',
  entry,
  error: new ScanError(code, `so it said: ${code}`, { stage: 'fetch' }),
});

describe('GroundCheck', () => {
  it('is lost with the last of so many refusals, and says what to do', () => {
    const ground = new GroundCheck('polygon', 3);
    expect(ground.judge(refused('server-error'))).toBeUndefined();
    expect(ground.judge(refused('timed-out'))).toBeUndefined();
    const lost = ground.judge(refused('unauthorized'));
    expect(lost).toBeInstanceOf(LostGroundError);
    expect(lost!.message).toMatch(
      /^polygon refused every call \(3 so far\)\. The last one: unauthorized, so it/,
    );
    expect(lost!.message).toContain('Check the key');
    expect(lost!.cause).toMatchObject({ code: 'unauthorized' });
  });

  it('holds for good once one answer could be used', () => {
    const ground = new GroundCheck('polygon', 2);
    ground.judge(refused('server-error'));
    ground.judge(usable);
    for (let count = 0; count < 10; count++) expect(ground.judge(refused('server-error'))).toBeUndefined();
    expect(ground.verdict()).toBeUndefined();
  });

  it('does not take what the cache had for an answer', () => {
    const ground = new GroundCheck('polygon', 1);
    ground.judge(fromCache);
    expect(ground.judge(refused('server-error'))).toBeInstanceOf(LostGroundError);
  });

  it.each(['rate-limited', 'bad-bars', 'defect'] as const)('does not take %s for a refusal', (code) => {
    const ground = new GroundCheck('polygon', 1);
    expect(ground.judge(refused(code))).toBeUndefined();
    expect(ground.verdict()).toBeUndefined();
  });

  it('is lost at the end where nothing came, however few were asked for', () => {
    const ground = new GroundCheck('polygon', 20);
    expect(ground.verdict()).toBeUndefined();
    ground.judge(refused('connection-failed'));
    expect(ground.verdict()!.message).toContain('Check the network');
  });
});
