import { FLAG_SPLIT_ADJUSTED } from '../series.ts';
import { formatSession } from '../session.ts';
import type { BarSource, History, Payload, Session, SymbolId } from '../types.ts';
import { BarColumns } from './bar-columns.ts';
import { createDayReader } from './day-reader.ts';
import { type CallOptions, createProviderClient, type ProviderClient } from './provider-client.ts';
import { RefusalError } from './refusal-error.ts';
import { SPELLINGS } from './spelling.ts';

/** Bytes of JSON allowed for one bar: real ones take about 230. */
const MAX_BYTES_PER_BAR = 512;
const MAX_BARS = 50_000;
const MAX_FRAME_BYTES = 64 * 1024;

export interface TiingoOptions extends CallOptions {
  readonly token: string;
  /** @default 'https://api.tiingo.com' */
  readonly url?: string | undefined;
  /** @default 4 */
  readonly connections?: number | undefined;
}

/** Numbers may be null. `splitFactor` is the ratio of the split that takes effect at the open of this day; mostly 1. */
interface TiingoBar {
  readonly date?: unknown;
  readonly open?: unknown;
  readonly high?: unknown;
  readonly low?: unknown;
  readonly close?: unknown;
  readonly volume?: unknown;
  readonly splitFactor?: unknown;
}

/**
 * Daily bars of Tiingo, one symbol a call, adjusted for the splits up to the last bar.
 *
 * Tiingo's own adjusted prices are adjusted for dividends too: the bars are the ones as traded, and the splits that come
 * with them are applied here. Bars with a missing number are left out. A symbol that Tiingo does not know, or has no
 * spelling for, has no bars. Failure: a `ScanError` with the provider's own words, without URL or token.
 * Holds: one body for each call under way.
 */
export function createTiingoSource({
  token,
  url = 'https://api.tiingo.com',
  connections = 4,
  ...calls
}: TiingoOptions): BarSource {
  const client = createProviderClient({
    url,
    headers: { authorization: `Token ${token}` },
    secrets: [token],
    connections,
    ...calls,
  });
  const dayOf = createDayReader();
  return {
    name: 'tiingo',
    dataset: `tiingo ${client.base} split-adjusted`,
    traffic: client.traffic,
    async fetchBars(symbol: SymbolId, history: History, signal: AbortSignal): Promise<Payload> {
      const text = SPELLINGS.tiingo.toProvider(symbol);
      if (text === undefined) return { format: 'series', pages: [] };
      const range = `startDate=${formatSession(history.from)}&endDate=${formatSession(history.to)}`;
      const path = `/tiingo/daily/${encodeURIComponent(text)}/prices?${range}&format=json&resampleFreq=daily`;
      const days = Math.min(history.to - history.from + 1, MAX_BARS);
      try {
        const answer = await client.getJson(path, MAX_FRAME_BYTES + days * MAX_BYTES_PER_BAR, signal);
        const columns = readPrices(answer, history, dayOf, client.failure);
        return { format: 'series', pages: [columns.encode(FLAG_SPLIT_ADJUSTED)] };
      } catch (error) {
        if (error instanceof RefusalError && error.status === 404) return { format: 'series', pages: [] };
        throw error;
      }
    },
    close: client.close,
  };
}

function readPrices(
  answer: unknown,
  history: History,
  dayOf: (text: string) => Session,
  failure: ProviderClient['failure'],
): BarColumns {
  if (!Array.isArray(answer)) {
    const { detail } = (answer ?? {}) as { readonly detail?: unknown };
    throw typeof detail === 'string'
      ? failure('provider-error', `The provider answered: ${detail}`)
      : failure('malformed', 'An answer that is no list of prices');
  }
  const columns = new BarColumns(history);
  const days = (answer as readonly TiingoBar[])
    .map((bar) => ({ bar, session: dayOf(String(bar?.date)) }))
    .sort((a, b) => b.session - a.session);
  // New shares for one of the day at hand, by all the splits after it.
  let ratio = 1;
  for (const { bar, session } of days) {
    if (Number.isNaN(session)) throw failure('bad-bars', 'A bar without a day');
    if (session > history.to) continue;
    const { open, high, low, close, volume, splitFactor = 1 } = bar;
    const numbers = [open, high, low, close, volume];
    if (numbers.every(Number.isFinite)) {
      const [o, h, l, c, v] = numbers as [number, number, number, number, number];
      columns.add(session, o / ratio, h / ratio, l / ratio, c / ratio, v * ratio);
    }
    if (typeof splitFactor === 'number' && splitFactor > 0) ratio *= splitFactor;
  }
  return columns;
}
