import {
  ADX,
  ATR,
  BollingerBands,
  CCI,
  EMA,
  Highest,
  KeltnerChannels,
  Lowest,
  MACD,
  MFI,
  OBV,
  PSAR,
  ROC,
  RSI,
  SD,
  SMA,
  Stochastic,
  WilliamsR,
} from 'technicalindicators';
import type { Contender } from './contender.ts';

/** Whole series at once. Its RSI is rounded to two decimals, its OBV starts with 0. */
export const technicalIndicators: Contender = {
  sma: ({ close: values }) => SMA.calculate({ period: 20, values }).at(-1)!,
  ema: ({ close: values }) => EMA.calculate({ period: 20, values }).at(-1)!,
  rsi: ({ close: values }) => RSI.calculate({ period: 14, values }).at(-1)!,
  macd: ({ close: values }) =>
    MACD.calculate({
      values,
      fastPeriod: 12,
      slowPeriod: 26,
      signalPeriod: 9,
      SimpleMAOscillator: false,
      SimpleMASignal: false,
    }).at(-1)!.MACD!,
  atr: ({ high, low, close }) => ATR.calculate({ period: 14, high, low, close }).at(-1)!,
  adx: ({ high, low, close }) => ADX.calculate({ period: 14, high, low, close }).at(-1)!.adx,
  bbands: ({ close: values }) => BollingerBands.calculate({ period: 20, stdDev: 2, values }).at(-1)!.upper,
  // Its k is not smoothed: that of a fast stochastic.
  stoch: ({ high, low, close }) =>
    SMA.calculate({
      period: 3,
      values: Stochastic.calculate({ period: 14, signalPeriod: 3, high, low, close }).map(({ k }) => k),
    }).at(-1)!,
  obv: ({ close, volume }) => OBV.calculate({ close, volume }).at(-1)!,
  mfi: ({ high, low, close, volume }) => MFI.calculate({ period: 14, high, low, close, volume }).at(-1)!,
  roc: ({ close: values }) => ROC.calculate({ period: 21, values }).at(-1)!,
  cci: ({ high, low, close }) => CCI.calculate({ period: 20, high, low, close }).at(-1)!,
  willr: ({ high, low, close }) => WilliamsR.calculate({ period: 14, high, low, close }).at(-1)!,
  donchian: ({ high, low }) => {
    Lowest.calculate({ period: 20, values: low });
    return Highest.calculate({ period: 20, values: high }).at(-1)!;
  },
  keltner: ({ high, low, close }) =>
    KeltnerChannels.calculate({
      maPeriod: 20,
      atrPeriod: 10,
      multiplier: 2,
      useSMA: false,
      high,
      low,
      close,
    }).at(-1)!.upper,
  stddev: ({ close: values }) => SD.calculate({ period: 20, values }).at(-1)!,
  psar: ({ high, low }) => PSAR.calculate({ step: 0.02, max: 0.2, high, low }).at(-1)!,
};
