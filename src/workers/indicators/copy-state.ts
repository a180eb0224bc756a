/**
 * Makes one state of an indicator equal to another that was started with the same parameters. Nothing is allocated.
 *
 * A state is numbers, typed arrays and other states (`indicator.ts`), so that this knows all of them.
 */
export function copyState(from: object, into: object): void {
  const source = from as Record<string, unknown>;
  const target = into as Record<string, unknown>;
  for (const name of Object.keys(source)) {
    const value = source[name];
    if (ArrayBuffer.isView(value)) (target[name] as Float64Array).set(value as Float64Array);
    else if (typeof value === 'object') copyState(value as object, target[name] as object);
    else target[name] = value;
  }
}
