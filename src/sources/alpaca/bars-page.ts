import type { Session } from '../../types.ts';
import type { BarColumns } from '../bar-columns.ts';
import type { ProviderClient } from '../provider-client.ts';

interface BarsPage {
  readonly bars?: Readonly<Record<string, readonly AlpacaBar[] | null>> | null;
  readonly next_page_token?: string | null;
  readonly message?: unknown;
}

/** `t` is midnight in New York, as UTC text. */
interface AlpacaBar {
  readonly t: string;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

/**
 * Adds the bars of one page of `/v2/stocks/bars` to the columns of their symbols; returns the token of the next page.
 *
 * Failure: a `ScanError` for the page as a whole: a message instead of bars, a symbol that was not asked for, a bar that is
 * not one.
 */
export function readBarsPage(
  page: unknown,
  columnsOf: (text: string) => BarColumns | undefined,
  dayOf: (text: string) => Session,
  failure: ProviderClient['failure'],
): string | null {
  const { bars, next_page_token, message } = (page ?? {}) as BarsPage;
  if (bars === undefined) {
    throw typeof message === 'string'
      ? failure('provider-error', `The provider answered: ${message}`)
      : failure('malformed', 'An answer without bars');
  }
  for (const [text, rows] of Object.entries(bars ?? {})) {
    const columns = columnsOf(text);
    if (columns === undefined) throw failure('wrong-symbol', `Bars of ${text}, which was not asked for`);
    if (!Array.isArray(rows ?? [])) throw failure('malformed', `Bars of ${text} that are no list`);
    for (const row of rows ?? []) {
      const { t, o, h, l, c, v } = row ?? {};
      const session = typeof t === 'string' ? dayOf(t) : Number.NaN;
      if (![session, o, h, l, c, v].every(Number.isFinite)) {
        throw failure('bad-bars', `A bar of ${text} that has no day, or not five numbers`);
      }
      columns.add(session, o, h, l, c, v);
    }
  }
  return next_page_token || null;
}
