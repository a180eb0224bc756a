import { digits, timesText } from './digits.ts';
import type { Samples } from './measure-contest.ts';
import { median } from './median.ts';
import type { Contest, Sample, Scenario, Target } from './scenarios/scenario.ts';

/** What a side reached, by its medians. */
export interface SideResult {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
  readonly cpuMs: number | undefined;
  readonly rssMb: number | undefined;
  readonly calls: number | undefined;
  /** As multiples of the first side. */
  readonly times: number;
  readonly timesCpu: number | undefined;
  readonly floor: Floor | undefined;
  readonly target: JudgedTarget | undefined;
}

/** What a side cannot be faster than. */
export interface Floor {
  readonly names: readonly string[];
  /** Of all of them, one after the other. */
  readonly value: number;
}

export interface JudgedTarget {
  readonly asked: string;
  /** What it is judged by. */
  readonly measured: string;
  /** `undefined` where the sizes are not those that it is for. */
  readonly isMet: boolean | undefined;
  readonly why: string | undefined;
}

/**
 * What the sides of a contest reached, in their order. `judged`: whether the sizes are those that the targets are for.
 *
 * Failure: an `Error` where a side names a floor that is not among them.
 */
export function sideResults(
  { unit }: Pick<Scenario, 'unit'>,
  { sides }: Pick<Contest, 'sides'>,
  samples: Samples,
  judged: boolean,
): SideResult[] {
  const samplesOf = (name: string) => {
    const found = samples.get(name);
    if (found === undefined) throw new Error(`There is no side ${name}`);
    return found;
  };
  const medianOf = (name: string, what: keyof Sample) => {
    const values = samplesOf(name).flatMap((sample) => sample[what] ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  const names = Object.keys(sides);
  const first = medianOf(names[0]!, 'value')!;
  // Where the sides do not do the same amount of work, their CPU times are not to be compared.
  const firstCpuMs = unit === 'ms' ? medianOf(names[0]!, 'cpuMs') : undefined;
  const best = Math.min(
    ...names.flatMap((name) => (sides[name]!.isCounterpart ? [medianOf(name, 'value')!] : [])),
  );
  return names.map((name): SideResult => {
    const { target, floor } = sides[name]!;
    const all = samplesOf(name).map(({ value }) => value);
    const value = median(all);
    const cpuMs = medianOf(name, 'cpuMs');
    const reached = {
      value,
      rssMb: medianOf(name, 'rssMb'),
      calls: medianOf(name, 'calls'),
      times: best / value,
      ofFirst: value / first,
    };
    return {
      ...{ name, value, least: Math.min(...all), most: Math.max(...all), rounds: all.length, cpuMs },
      ...{ rssMb: reached.rssMb, calls: reached.calls, times: reached.ofFirst },
      timesCpu: cpuMs === undefined || firstCpuMs === undefined ? undefined : cpuMs / firstCpuMs,
      floor: floor && {
        names: floor,
        value: floor.reduce((sum, part) => sum + medianOf(part, 'value')!, 0),
      },
      target: target && judgedTarget(target, reached, unit, judged),
    };
  });
}

/** What targets bound, by their names of it. */
interface Reached {
  readonly value: number;
  readonly rssMb: number | undefined;
  readonly calls: number | undefined;
  readonly times: number;
  readonly ofFirst: number;
}

function judgedTarget(
  { most, rssMb, calls, times, ofFirst, why }: Target,
  reached: Reached,
  unit: string,
  judged: boolean,
): JudgedTarget {
  const isMet =
    within(reached.value, most) &&
    within(reached.rssMb, rssMb) &&
    within(reached.calls, calls) &&
    within(reached.ofFirst, ofFirst) &&
    (times === undefined || reached.times >= times);
  return {
    asked: listed([
      most !== undefined && `≤ ${digits(most)}`,
      rssMb !== undefined && `≤ ${rssMb} MB`,
      calls !== undefined && `≤ ${calls} calls`,
      times !== undefined && `≥ ${times} × the best counterpart`,
      ofFirst !== undefined && `≤ ${ofFirst} × the first`,
    ]),
    measured: listed([
      `${digits(reached.value)} ${unit}`,
      rssMb !== undefined && reached.rssMb !== undefined && `${digits(reached.rssMb)} MB`,
      calls !== undefined && reached.calls !== undefined && `${digits(reached.calls)} calls`,
      times !== undefined && `${timesText(reached.times)} ×`,
      ofFirst !== undefined && `${timesText(reached.ofFirst)} ×`,
    ]),
    isMet: judged ? isMet : undefined,
    why,
  };
}

function within(value: number | undefined, bound: number | undefined): boolean {
  return bound === undefined || (value !== undefined && value <= bound);
}

function listed(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(', ');
}
