import type { Indicator, Parameters } from './indicator.ts';

/** All parameters of an indicator, checked. Throws RangeError with the name, the rule and the value. */
export function resolveParameters<P extends string>(
  { id, parameters }: Indicator<P>,
  given: Partial<Parameters<P>> = {},
): Parameters<P> {
  const names = Object.keys(parameters) as P[];
  for (const name of Object.keys(given)) {
    if (!names.includes(name as P)) {
      const known = names.length === 0 ? 'none' : names.map((each) => `\`${each}\``).join(', ');
      throw new RangeError(`Expected the parameters of ${id} to be of ${known}, got \`${name}\``);
    }
  }
  const resolved = {} as Record<P, number>;
  for (const name of names) {
    const { default: byDefault, min, max, integer } = parameters[name];
    const value = given[name] ?? byDefault;
    if (!(value >= min && value <= max) || (integer && !Number.isInteger(value))) {
      const kind = integer ? 'an integer' : 'a number';
      throw new RangeError(
        `Expected \`${name}\` of ${id} to be ${kind} from ${min} to ${max}, got \`${value}\``,
      );
    }
    resolved[name] = value;
  }
  return resolved;
}
