import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { formatSession, parseSession } from '../../src/session.ts';
import { createDayReader } from '../../src/sources/day-reader.ts';

describe('day reader', () => {
  it.each([
    '2018-07-17',
    '20180717',
    '2018-07-17T04:00:00Z',
    '2018-07-17T05:00:00Z',
    '2018-07-17T00:00:00.000Z',
    '2018-07-17T00:00:00+00:00',
    '2018-07-17 00:00:00-04:00',
    '2018-07-17 00:00:00',
    '2018-07-17 00:00',
  ])('reads %s', (text) => {
    const dayOf = createDayReader();
    expect([dayOf(text), dayOf(text)]).toEqual([parseSession('2018-07-17'), parseSession('2018-07-17')]);
  });

  it.each([
    '',
    '2018-02-30',
    '20180230',
    '2018-07-17T14:30:00Z',
    '07/17/2018',
    '1531800000',
    '2018-7-17',
    'null',
  ])('takes %j for no day', (text) => {
    expect(createDayReader()(text)).toBeNaN();
  });

  test.prop([fc.integer({ min: -20_000, max: 60_000 })])(
    'reads every day, with dashes and without',
    (session) => {
      const dayOf = createDayReader();
      const text = formatSession(session);
      expect([dayOf(text), dayOf(text.replaceAll('-', ''))]).toEqual([session, session]);
    },
  );
});
