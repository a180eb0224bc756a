/** Full days on which the New York Stock Exchange was closed beside its holidays, since 1995, with the reason. */
export const SPECIAL_CLOSURES = [
  ['2001-09-11', 'attacks of September 11'],
  ['2001-09-12', 'attacks of September 11'],
  ['2001-09-13', 'attacks of September 11'],
  ['2001-09-14', 'attacks of September 11'],
  ['2004-06-11', 'day of mourning for President Reagan'],
  ['2007-01-02', 'day of mourning for President Ford'],
  ['2012-10-29', 'hurricane Sandy'],
  ['2012-10-30', 'hurricane Sandy'],
  ['2018-12-05', 'day of mourning for President George H. W. Bush'],
  ['2025-01-09', 'day of mourning for President Carter'],
] as const;
