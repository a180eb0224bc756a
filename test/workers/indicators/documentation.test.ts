import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INDICATORS } from '../../../src/workers/indicators/index.ts';
import type { Indicator } from '../../../src/workers/indicators/indicator.ts';
import { resolveParameters } from '../../../src/workers/indicators/resolve-parameters.ts';

const page = readFileSync(new URL('../../../docs/indicators.md', import.meta.url), 'utf8');

const ORDER = [
  ...['What', 'Formula', 'Inputs', 'Outputs', 'Parameters', 'Warm-up', 'Stable from', 'Source', 'Elsewhere'],
];

/** What the section of each indicator says, by label. */
const sections = new Map(
  page
    .split('\n## ')
    .slice(1)
    .map((section) => {
      const [heading, ...items] = section.split('\n- **');
      const said = items.map((item) => {
        const [label, text] = item.split('**: ');
        return [label!, text!.replace(/\s+/g, ' ').trim()] as const;
      });
      return [heading!.trim(), said] as const;
    }),
);

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');

function parametersText({ parameters }: Indicator): string {
  const texts = Object.entries(parameters).map(
    ([name, { default: byDefault, min, max, integer }]) =>
      `\`${name}\` ${byDefault} (${integer ? 'whole, ' : ''}${min} to ${max})`,
  );
  return texts.length === 0 ? 'none' : texts.join(', ');
}

/** The bars that a text must name: one where all outputs have the same, else one an output. */
function barTexts(outputs: readonly string[], barOf: (output: string) => number): readonly string[] {
  const text = (bar: number) => (bar === Number.POSITIVE_INFINITY ? 'never' : `bar ${bar}`);
  if (new Set(outputs.map(barOf)).size === 1) return [text(barOf(outputs[0]!))];
  return outputs.map((output) => `\`${output}\` ${text(barOf(output))}`);
}

describe('docs/indicators.md', () => {
  it('has a section for each indicator, in the order of the registry, and no other', () => {
    expect([...sections.keys()]).toStrictEqual(INDICATORS.map(({ id }) => `\`${id}\``));
  });

  it.each(INDICATORS.map((indicator) => [indicator.id, indicator] as const))(
    'describes %s as it is',
    (id, indicator) => {
      const section = sections.get(`\`${id}\``)!;
      expect(section.map(([label]) => label)).toStrictEqual(ORDER);
      const said = Object.fromEntries(section);
      expect(said.Inputs).toBe(code(indicator.inputs));
      expect(said.Outputs).toBe(code(indicator.outputs));
      expect(said.Parameters).toBe(parametersText(indicator));
      const parameters = resolveParameters(indicator);
      const words = (text: string) => ` ${text} `.replace(/[,;]/g, ' ');
      for (const text of barTexts(indicator.outputs, (output) => indicator.warmup(parameters, output))) {
        expect(words(said['Warm-up']!)).toContain(` ${text} `);
      }
      for (const text of barTexts(indicator.outputs, (output) => indicator.stableFrom(parameters, output))) {
        expect(words(said['Stable from']!)).toContain(` ${text} `);
      }
      for (const label of ['What', 'Formula', 'Source', 'Elsewhere'])
        expect(said[label]).toMatch(/^\S.{5,}\.$/);
    },
  );
});
