/** The indicators there are. A new one is its file and one line here. */
import { atr } from './atr.ts';
import { ema } from './ema.ts';
import type { Indicator } from './indicator.ts';
import { macd } from './macd.ts';
import { realizedVol } from './realized-vol.ts';
import { rsi } from './rsi.ts';
import { sma } from './sma.ts';

export const INDICATORS: readonly Indicator[] = [sma, ema, rsi, macd, atr, realizedVol];
