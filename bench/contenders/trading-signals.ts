import {
  ADX,
  Aroon,
  ATR,
  BollingerBands,
  CCI,
  DonchianChannels,
  EMA,
  KeltnerChannels,
  LinearRegression,
  MACD,
  MFI,
  OBV,
  PSAR,
  ROC,
  RSI,
  SMA,
  StochasticOscillator,
  SuperTrend,
  WilliamsR,
} from 'trading-signals';
import type { Contender } from './contender.ts';

/** One price or candle at a time, as it is meant to be used. */
export const tradingSignals: Contender = {
  sma: ({ close }) => new SMA(20).updates(close).at(-1)!,
  ema: ({ close }) => new EMA(20).updates(close).at(-1)!,
  rsi: ({ close }) => new RSI(14).updates(close).at(-1)!,
  macd: ({ close }) => new MACD(new EMA(12), new EMA(26), new EMA(9)).updates(close).at(-1)!.macd,
  atr: ({ candles }) => new ATR(14).updates(candles).at(-1)!,
  adx: ({ candles }) => new ADX(14).updates(candles).at(-1)!,
  bbands: ({ close }) => new BollingerBands(20, 2).updates(close).at(-1)!.upper,
  stoch: ({ candles }) =>
    new StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 }).updates(candles).at(-1)!.stochK,
  obv: ({ candles }) => new OBV(2).updates(candles).at(-1)!,
  mfi: ({ candles }) => new MFI(14).updates(candles).at(-1)!,
  roc: ({ close }) => 100 * new ROC(21).updates(close).at(-1)!,
  cci: ({ candles }) => new CCI(20).updates(candles).at(-1)!,
  willr: ({ candles }) => new WilliamsR(14).updates(candles).at(-1)!,
  aroon: ({ candles }) => new Aroon(25).updates(candles).at(-1)!.aroonUp,
  donchian: ({ candles }) => new DonchianChannels(20).updates(candles).at(-1)!.upper,
  keltner: ({ candles }) =>
    new KeltnerChannels({ emaInterval: 20, atrInterval: 10, multiplier: 2 }).updates(candles).at(-1)!.upper,
  // Of logarithms, and without r².
  linreg: ({ close }) => new LinearRegression(63).updates(close.map(Math.log)).at(-1)!.slope,
  supertrend: ({ candles }) =>
    new SuperTrend({ interval: 10, multiplier: 3 }).updates(candles).at(-1)!.supertrend,
  psar: ({ candles }) => new PSAR({ accelerationStep: 0.02, accelerationMax: 0.2 }).updates(candles).at(-1)!,
};
