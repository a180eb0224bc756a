import { readFileSync } from 'node:fs';
import {
  ADX,
  AROON,
  ATR,
  CCI,
  DX,
  EMA,
  init,
  LINEARREG_SLOPE,
  MACD,
  MAX,
  MFI,
  MIN,
  MINUS_DI,
  PLUS_DI,
  ROC,
  RSI,
  SAR,
  SMA,
  WILLR,
} from 'talib-web';
import type { Contender } from './contender.ts';

// It fetches its module, and from a file Node does not.
const wasm = readFileSync(new URL('talib.wasm', import.meta.resolve('talib-web')));
await init(`data:application/wasm;base64,${wasm.toString('base64')}`);

/**
 * TA-Lib itself, in WebAssembly: whole series at once, copied in and out.
 *
 * Four of its functions cannot be used: BBANDS fails, STOCH reads 0, STDDEV the variance, and OBV writes behind the end of
 * its memory. Values are compacted, with one more than bars: that of the last bar stands its warm-up before the end.
 */
export const talibWeb: Contender = {
  sma: ({ close: inReal }) => last(SMA({ inReal, timePeriod: 20 }).output, 19),
  ema: ({ close: inReal }) => last(EMA({ inReal, timePeriod: 20 }).output, 19),
  rsi: ({ close: inReal }) => last(RSI({ inReal, timePeriod: 14 }).output, 14),
  macd: ({ close: inReal }) =>
    last(MACD({ inReal, fastPeriod: 12, slowPeriod: 26, signalPeriod: 9 }).MACD, 33),
  atr: ({ high, low, close }) => last(ATR({ high, low, close, timePeriod: 14 }).output, 14),
  adx: ({ high, low, close }) => {
    PLUS_DI({ high, low, close, timePeriod: 14 });
    MINUS_DI({ high, low, close, timePeriod: 14 });
    DX({ high, low, close, timePeriod: 14 });
    return last(ADX({ high, low, close, timePeriod: 14 }).output, 27);
  },
  mfi: ({ high, low, close, volume }) => last(MFI({ high, low, close, volume, timePeriod: 14 }).output, 14),
  roc: ({ close: inReal }) => last(ROC({ inReal, timePeriod: 21 }).output, 21),
  cci: ({ high, low, close }) => last(CCI({ high, low, close, timePeriod: 20 }).output, 19),
  willr: ({ high, low, close }) => last(WILLR({ high, low, close, timePeriod: 14 }).output, 13),
  aroon: ({ high, low }) => last(AROON({ high, low, timePeriod: 25 }).aroonUp, 25),
  donchian: ({ high, low }) => {
    MIN({ inReal: low, timePeriod: 20 });
    return last(MAX({ inReal: high, timePeriod: 20 }).output, 19);
  },
  // Of logarithms, and without r².
  linreg: ({ close }) => last(LINEARREG_SLOPE({ inReal: close.map(Math.log), timePeriod: 63 }).output, 62),
  psar: ({ high, low }) => last(SAR({ high, low, acceleration: 0.02, maximum: 0.2 }).output, 1),
};

function last(values: readonly number[], warmup: number): number {
  return values[values.length - 1 - warmup]!;
}
