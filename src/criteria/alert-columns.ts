/** The columns of a rule of an alert: those of a screen, and what became of the row since the ranking before. */
import { signalOf } from '../features.ts';
import type { PreviousRow, Subject } from '../types.ts';
import { COLUMNS, type CriteriaColumn } from './columns.ts';

const previous = ({ written }: Subject): PreviousRow | null => written?.previous ?? null;
const ranked = ({ written }: Subject) => (written?.type === 'ranked' ? written : undefined);
/** NaN where one of the two is not available. */
const less = (a: number | null | undefined, b: number | null | undefined) =>
  (a ?? Number.NaN) - (b ?? Number.NaN);

/** What asks for the ranking before: where there is none, a rule with it is not judged. */
export const CHANGE_COLUMNS: ReadonlyMap<string, CriteriaColumn> = new Map<string, CriteriaColumn>([
  [
    'change',
    {
      type: 'text',
      meaning: 'since the ranking before: `entered`, `moved`, `same` or `left`',
      needsMarket: false,
      read: ({ written }) => written?.change ?? '',
    },
  ],
  [
    'previous_rank',
    {
      type: 'number',
      meaning: 'rank in the ranking before',
      needsMarket: false,
      read: (subject) => previous(subject)?.rank ?? Number.NaN,
    },
  ],
  [
    'rank_change',
    {
      type: 'number',
      meaning: 'places up since then; below 0 they are down',
      needsMarket: false,
      read: (subject) => less(previous(subject)?.rank, ranked(subject)?.rank),
    },
  ],
  [
    'rating_change',
    {
      type: 'number',
      meaning: 'rating less that of then',
      needsMarket: false,
      read: (subject) => less(ranked(subject)?.rating, previous(subject)?.rating),
    },
  ],
  [
    'previous_signal',
    {
      type: 'text',
      meaning: 'classic signal in the ranking before',
      needsMarket: false,
      read: (subject) => previous(subject)?.signal ?? '',
    },
  ],
]);

/** What a rule knows that a screen does not, in the order of the documentation. */
export const ALERT_ONLY_COLUMNS: ReadonlyMap<string, CriteriaColumn> = new Map<string, CriteriaColumn>([
  [
    'rank',
    {
      type: 'number',
      meaning: 'rank, from 1; not available for what left',
      needsMarket: false,
      read: (subject) => ranked(subject)?.rank ?? Number.NaN,
    },
  ],
  ...CHANGE_COLUMNS,
]);

/** All that a rule knows. */
export const ALERT_COLUMNS: ReadonlyMap<string, CriteriaColumn> = new Map<string, CriteriaColumn>([
  ...COLUMNS,
  // Without a rating the classic signal is `Avoid`, which what left is not known to be.
  [
    'signal',
    {
      ...COLUMNS.get('signal')!,
      read: (subject) => (subject.written?.type === 'left' ? '' : signalOf(subject.row)),
    },
  ],
  ...ALERT_ONLY_COLUMNS,
]);
