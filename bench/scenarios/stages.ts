import { figureSides } from './figure-sides.ts';
import type { Scenario } from './scenario.ts';

/** Each stage alone, beside what it cannot be faster than or what others do. */
export const stages: readonly Scenario[] = [
  {
    name: 'stage-score',
    shows: 'Scoring: all last values of a symbol, beside one pass over its columns that only adds',
    suite: 'short',
    unit: 'ns a bar',
    prepare: (lab) =>
      figureSides(lab, 'score.ts', ['--rounds', '6'], {
        'scoring, the whole row': {
          figure: 'kernel',
          target: {
            most: 25,
            why: 'the recursive averages wait for one division a bar each; a machine that is slower by a part is so here too',
          },
          floor: ['floor: sum of all columns'],
        },
        'floor: sum of all columns': { figure: 'floor', isCounterpart: true },
      }),
  },
  {
    name: 'stage-indicators',
    shows:
      'All last values of a row, beside libraries of indicators with those of 18 common ones that they have',
    suite: 'short',
    unit: 'ns a bar',
    prepare: (lab) =>
      figureSides(lab, 'indicators.ts', ['--rounds', '3'], {
        'last values, 72 of a row': { figure: 'last values', target: { times: 10 } },
        'talib-web, 14 indicators': { figure: 'talib-web', isCounterpart: true },
        'the same 14, whole series': { figure: 'same as talib-web' },
        'technicalindicators, 16 indicators': { figure: 'technicalindicators', isCounterpart: true },
        'the same 16, whole series': { figure: 'same as technicalindicators' },
        'trading-signals, 17 indicators': { figure: 'trading-signals', isCounterpart: true },
        'the same 17, whole series': { figure: 'same as trading-signals' },
      }),
  },
  {
    name: 'stage-decode',
    shows: 'A body of 252 bars into columns',
    suite: 'short',
    unit: 'µs a body',
    prepare: (lab) =>
      figureSides(lab, 'decode.ts', [], {
        decoder: { figure: 'series', floor: ['floor: sum of all bytes'] },
        'JSON.parse, objects only': { figure: 'series by JSON.parse', isCounterpart: true },
        'floor: sum of all bytes': { figure: 'floor: series', isCounterpart: true },
      }),
  },
  {
    name: 'stage-decode-day',
    shows: 'The body of one session of 11,500 symbols into columns',
    suite: 'short',
    unit: 'ms a day',
    prepare: (lab) =>
      figureSides(lab, 'decode.ts', [], {
        decoder: { figure: 'day', floor: ['floor: sum of all bytes'] },
        'JSON.parse, objects only': { figure: 'day by JSON.parse', isCounterpart: true },
        'floor: sum of all bytes': { figure: 'floor: day', isCounterpart: true },
      }),
  },
  {
    name: 'stage-cache',
    shows: 'Reading 6,000 series of 260 bars, with keys and checksums, beside a flat file without',
    suite: 'short',
    unit: 'ms',
    prepare: (lab) =>
      figureSides(lab, 'cache.ts', [], {
        disk: { figure: 'disk', floor: ['floor: a flat file'] },
        memory: { figure: 'memory' },
        'floor: a flat file': { figure: 'floor: a flat file', isCounterpart: true },
      }),
  },
  {
    name: 'stage-fetch',
    shows:
      'CPU of the thread that fetches bodies of 23 KB over loopback, 64 at once, and does not look at them',
    suite: 'short',
    unit: 'µs a body',
    prepare: (lab) =>
      figureSides(lab, 'fetch.ts', [], {
        'the polygon source': { figure: 'source', floor: ['floor: sockets alone'] },
        'node:http with an agent': { figure: 'node:http', isCounterpart: true },
        'global fetch': { figure: 'fetch', isCounterpart: true },
        'floor: sockets alone': { figure: 'floor: sockets', isCounterpart: true },
      }),
  },
  {
    name: 'stage-threads',
    shows: 'Bodies of 252 bars decoded and scored on two threads',
    suite: 'short',
    unit: 'µs a symbol',
    prepare: (lab) =>
      figureSides(lab, 'pool.ts', [], {
        'batches of 128, bytes handed over': { figure: 'batches' },
        'a task a symbol, bytes handed over': { figure: 'single', isCounterpart: true },
        'a task a symbol, parsed bars cloned': { figure: 'objects', isCounterpart: true },
      }),
  },
  {
    name: 'stage-stream',
    shows:
      'The operators of a scan, from admission to settling, on parts that answer at once, beside a loop over the same parts',
    suite: 'short',
    unit: 'µs a symbol',
    prepare: (lab) =>
      figureSides(lab, 'stream.ts', [], {
        'all symbols kept': { figure: 'kept', floor: ['floor: a loop, all kept'] },
        'all symbols fetched': { figure: 'fetched', floor: ['floor: a loop, all fetched'] },
        'floor: a loop, all kept': { figure: 'floor: kept', isCounterpart: true },
        'floor: a loop, all fetched': { figure: 'floor: fetched', isCounterpart: true },
      }),
  },
  {
    name: 'stage-rank',
    shows:
      'Ranking 6,000 scored symbols, beside sorting what has to be sorted and making as many objects with as much in them',
    suite: 'short',
    unit: 'ms',
    prepare: (lab) => {
      const sorted = ['floor: ratings sorted', 'floor: 11 columns sorted'];
      return figureSides(lab, 'rank.ts', [], {
        'taken in, compared, put in order': { figure: 'in order', floor: sorted },
        'the same, and every row made': { figure: 'rows', floor: [...sorted, 'floor: rows copied'] },
        'floor: ratings sorted': { figure: 'floor: ratings', isCounterpart: true },
        'floor: 11 columns sorted': { figure: 'floor: columns', isCounterpart: true },
        'floor: rows copied': { figure: 'floor: objects', isCounterpart: true },
      });
    },
  },
  {
    name: 'stage-write',
    shows:
      'A ranking of 6,000 rows, made beforehand, to a file, beside making its text and writing as many bytes',
    suite: 'short',
    unit: 'ms',
    prepare: (lab) =>
      figureSides(lab, 'write.ts', ['--rounds', '9'], {
        NDJSON: { figure: 'ndjson', floor: ['floor: JSON.stringify', 'floor: one write, sync, rename'] },
        CSV: { figure: 'csv' },
        'floor: JSON.stringify': { figure: 'floor: text', isCounterpart: true },
        'floor: one write, sync, rename': { figure: 'floor: file', isCounterpart: true },
      }),
  },
];
