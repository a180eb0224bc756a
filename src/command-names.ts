/** The commands, in the order in which the help lists them. */
export const COMMANDS = [
  'scan',
  'daemon',
  'top',
  'replay',
  'explain',
  'diff',
  'check',
  'cache',
  'doctor',
  'sources',
  'simulate',
  'validate',
] as const;
export type CommandName = (typeof COMMANDS)[number];
