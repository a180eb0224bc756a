/** The functions of an expression: all of them end, in time that grows with their arguments only. */
interface CriteriaFunction {
  /** How it is called, for people. */
  readonly usage: string;
  readonly meaning: string;
  /** What it is in CEL; methods of a text are CEL's own. */
  readonly overloads?: Readonly<Record<string, (...args: never[]) => unknown>>;
}

/**
 * What may be called. CEL has more: regular expressions, which take exponential time where they are made to, and loops
 * over lists. Neither is let in.
 */
export const FUNCTIONS: ReadonlyMap<string, CriteriaFunction> = new Map<string, CriteriaFunction>(
  Object.entries({
    known: {
      usage: 'known(column)',
      meaning: 'whether a number or a text is available',
      overloads: {
        'known(double): bool': (value: number) => Number.isFinite(value),
        'known(string): bool': (value: string) => value !== '',
      },
    },
    abs: {
      usage: 'abs(number)',
      meaning: 'the number without its sign',
      overloads: { 'abs(double): double': Math.abs },
    },
    min: {
      usage: 'min(number, number)',
      meaning: 'the smaller of two; not available where one of them is not',
      overloads: { 'min(double, double): double': (a: number, b: number) => Math.min(a, b) },
    },
    max: {
      usage: 'max(number, number)',
      meaning: 'the larger of two; not available where one of them is not',
      overloads: { 'max(double, double): double': (a: number, b: number) => Math.max(a, b) },
    },
    lower: {
      usage: 'lower(text)',
      meaning: 'the text in small letters, to compare without regard to case',
      overloads: { 'lower(string): string': (value: string) => value.toLowerCase() },
    },
  }),
);

/** What may be called on a text, behind a dot. */
export const METHODS: ReadonlyMap<string, CriteriaFunction> = new Map<string, CriteriaFunction>(
  Object.entries({
    contains: { usage: 'text.contains(text)', meaning: 'whether the other is a part of it' },
    startsWith: { usage: 'text.startsWith(text)', meaning: 'whether it begins with the other' },
    endsWith: { usage: 'text.endsWith(text)', meaning: 'whether it ends with the other' },
  }),
);
