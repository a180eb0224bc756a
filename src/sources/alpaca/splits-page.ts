import { parseSession } from '../../session.ts';
import type { Split } from '../../types.ts';
import type { ProviderClient } from '../provider-client.ts';
import { SPELLINGS } from '../spelling.ts';

interface ActionsPage {
  readonly corporate_actions?: Readonly<Record<string, readonly AlpacaSplit[] | undefined>> | null;
  readonly next_page_token?: string | null;
  readonly message?: unknown;
}

/** `old_rate` shares became `new_rate` at the open of `ex_date`. */
interface AlpacaSplit {
  readonly symbol: string;
  readonly ex_date: string;
  readonly new_rate: number;
  readonly old_rate: number;
}

/**
 * Adds the splits of one page of `/v1/corporate-actions` to `splits`; returns the token of the next page.
 *
 * Splits of what is no ticker are left out. Failure: a `ScanError` for the page as a whole.
 */
export function readSplitsPage(
  page: unknown,
  splits: Split[],
  failure: ProviderClient['failure'],
): string | null {
  const { corporate_actions: actions, next_page_token, message } = (page ?? {}) as ActionsPage;
  if (actions === undefined) {
    throw typeof message === 'string'
      ? failure('provider-error', `The provider answered: ${message}`)
      : failure('malformed', 'An answer without corporate actions');
  }
  for (const action of [...(actions?.forward_splits ?? []), ...(actions?.reverse_splits ?? [])]) {
    const symbol = SPELLINGS.alpaca.fromProvider(String(action.symbol));
    if (symbol === undefined) continue;
    const session = parseSession(String(action.ex_date));
    const ratio = action.new_rate / action.old_rate;
    if (!Number.isFinite(session) || !Number.isFinite(ratio) || ratio <= 0) {
      throw failure('malformed', `A split of ${symbol} without day or ratio`);
    }
    splits.push({ symbol, session, ratio });
  }
  return next_page_token || null;
}
