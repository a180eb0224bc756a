import type { Ranking } from '../types.ts';

/**
 * Whether a scan ended early before it had anything to publish: what would take the place of the ranking before leaves that
 * where it is.
 */
export function isNothingFinished({ length, receipts = [], summary: { stopped } }: Ranking): boolean {
  return stopped !== null && length === 0 && receipts.length === 0;
}
