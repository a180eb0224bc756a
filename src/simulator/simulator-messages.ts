import type { CallCounts } from './call-counter.ts';
import type { MarketOptions } from './market.ts';
import type { ProviderOptions } from './provider.ts';

/** What the thread is started with: a market does not cross threads, what it is made of does. */
export interface SimulatorOptions extends Omit<ProviderOptions, 'market'> {
  /** A synthetic market, or a file of bars. */
  readonly market: MarketOptions | { readonly file: string };
}

export type SimulatorRequest = 'calls' | 'close';

/** Answers come in the order of the requests. */
export type SimulatorMessage =
  | { readonly kind: 'listening'; readonly url: string }
  /** Also the answer to `close`: then it is the last message. */
  | { readonly kind: 'calls'; readonly counts: CallCounts }
  /** Bad configuration; an error of any other kind ends the thread by itself. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };
