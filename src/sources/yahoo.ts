import { FLAG_SPLIT_ADJUSTED } from '../series.ts';
import { MS_PER_DAY } from '../session.ts';
import type { BarSource, History, Payload, SymbolId } from '../types.ts';
import { BarColumns } from './bar-columns.ts';
import { type CallOptions, createProviderClient, type ProviderClient } from './provider-client.ts';
import { RefusalError } from './refusal-error.ts';
import { SPELLINGS } from './spelling.ts';

const MAX_BYTES_PER_BAR = 256;
const MAX_BARS = 50_000;
const MAX_FRAME_BYTES = 64 * 1024;
const SECONDS_PER_DAY = MS_PER_DAY / 1000;

export interface YahooOptions extends CallOptions {
  /** @default 'https://query2.finance.yahoo.com' */
  readonly url?: string | undefined;
  /** Who asks, as the header says it. @default 'tapescan' */
  readonly userAgent?: string | undefined;
  /** @default 2 */
  readonly connections?: number | undefined;
}

interface ChartAnswer {
  readonly chart?: {
    readonly result?: readonly Chart[] | null;
    readonly error?: { readonly code?: unknown; readonly description?: unknown } | null;
  };
}

interface Chart {
  readonly meta?: { readonly symbol?: unknown };
  /** Unix seconds of the opens. Absent where there are no bars. */
  readonly timestamp?: readonly number[];
  readonly indicators?: { readonly quote?: readonly Quote[] };
}

type Quote = Readonly<Partial<Record<'open' | 'high' | 'low' | 'close' | 'volume', readonly unknown[]>>>;

/**
 * Daily bars of Yahoo's chart (v8), one symbol a call, adjusted for splits and not for dividends. Nobody promises this
 * service to anybody: for small lists.
 *
 * Bars with a missing number are left out. A symbol that Yahoo does not know, or has no spelling for, has no bars.
 * Failure: a `ScanError` with the provider's own words. Holds: one body for each call under way.
 */
export function createYahooSource({
  url = 'https://query2.finance.yahoo.com',
  userAgent = 'tapescan',
  connections = 2,
  ...calls
}: YahooOptions = {}): BarSource {
  const client = createProviderClient({
    url,
    headers: { 'user-agent': userAgent },
    connections,
    ...calls,
  });
  return {
    name: 'yahoo',
    dataset: `yahoo ${client.base} split-adjusted`,
    traffic: client.traffic,
    async fetchBars(symbol: SymbolId, history: History, signal: AbortSignal): Promise<Payload> {
      const text = SPELLINGS.yahoo.toProvider(symbol);
      if (text === undefined) return { format: 'series', pages: [] };
      const period = `period1=${history.from * SECONDS_PER_DAY}&period2=${(history.to + 1) * SECONDS_PER_DAY}`;
      const path = `/v8/finance/chart/${encodeURIComponent(text)}?${period}&interval=1d&includePrePost=false`;
      const days = Math.min(history.to - history.from + 1, MAX_BARS);
      try {
        const answer = await client.getJson(path, MAX_FRAME_BYTES + days * MAX_BYTES_PER_BAR, signal);
        const columns = readChart(answer as ChartAnswer, text, history, client.failure);
        return { format: 'series', pages: [columns.encode(FLAG_SPLIT_ADJUSTED)] };
      } catch (error) {
        if (error instanceof RefusalError && error.status === 404) return { format: 'series', pages: [] };
        throw error;
      }
    },
    close: client.close,
  };
}

function readChart(
  answer: ChartAnswer,
  text: string,
  history: History,
  failure: ProviderClient['failure'],
): BarColumns {
  const error = answer?.chart?.error;
  if (error) {
    throw failure('provider-error', `The provider answered: ${String(error.description ?? error.code)}`);
  }
  const result = answer?.chart?.result?.[0];
  const symbol = result?.meta?.symbol;
  if (result === undefined || typeof symbol !== 'string') {
    throw failure('malformed', 'An answer without a chart');
  }
  if (symbol !== text) throw failure('wrong-symbol', `Asked for ${text}, got ${symbol}`);
  const columns = new BarColumns(history);
  const { open, high, low, close, volume } = result.indicators?.quote?.[0] ?? {};
  (result.timestamp ?? []).forEach((seconds, bar) => {
    // The open in New York: the UTC day it falls in has the date of the session.
    const session = Math.floor(seconds / SECONDS_PER_DAY);
    const numbers = [session, open?.[bar], high?.[bar], low?.[bar], close?.[bar], volume?.[bar]];
    if (numbers.every(Number.isFinite)) columns.add(...(numbers as Parameters<BarColumns['add']>));
  });
  return columns;
}
