/** The indicators there are. A new one is its file, one line here, and its section in `docs/indicators.md`. */
import { adx } from './adx.ts';
import { aroon } from './aroon.ts';
import { atr } from './atr.ts';
import { bbands } from './bbands.ts';
import { cci } from './cci.ts';
import { dollarVolume } from './dollar-volume.ts';
import { donchian } from './donchian.ts';
import { ema } from './ema.ts';
import type { Indicator } from './indicator.ts';
import { keltner } from './keltner.ts';
import { linreg } from './linreg.ts';
import { macd } from './macd.ts';
import { mfi } from './mfi.ts';
import { obv } from './obv.ts';
import { psar } from './psar.ts';
import { range } from './range.ts';
import { realizedVol } from './realized-vol.ts';
import { roc } from './roc.ts';
import { rsi } from './rsi.ts';
import { sma } from './sma.ts';
import { stddev } from './stddev.ts';
import { stoch } from './stoch.ts';
import { supertrend } from './supertrend.ts';
import { vwap } from './vwap.ts';
import { willr } from './willr.ts';

export const INDICATORS: readonly Indicator[] = [
  sma,
  ema,
  rsi,
  macd,
  atr,
  adx,
  bbands,
  stoch,
  obv,
  mfi,
  roc,
  cci,
  willr,
  aroon,
  donchian,
  keltner,
  linreg,
  stddev,
  realizedVol,
  vwap,
  supertrend,
  psar,
  dollarVolume,
  range,
];
