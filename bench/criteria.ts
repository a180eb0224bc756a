/**
 * Criteria: µs a symbol for each built-in screen and for longer ones, and what the first use costs.
 *
 *     node bench/criteria.ts
 */
const SYMBOLS = 6000;
const ROUNDS = 15;

const start = performance.now();
const { compileScreens } = await import('../src/criteria/compile-screens.ts');
const ownFiles = performance.now();
await import('@marcbachmann/cel-js');
const library = performance.now();
await compileScreens({ where: 'rsi_14 < 30' });
const first = performance.now();
const { BUILT_IN } = await import('../src/criteria/built-in.ts');
await compileScreens({ use: Object.keys(BUILT_IN) });
const all = performance.now();
console.log(
  `first use: own files ${ms(ownFiles - start)}, CEL ${ms(library - ownFiles)}, first condition ${ms(first - library)}, all built-in ${ms(all - first)}\n`,
);

const { ROW_WIDTH } = await import('../src/features.ts');
let seed = 1;
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
}
const subjects = Array.from({ length: SYMBOLS }, (_, index) => ({
  entry: {
    symbol: `S${index}`,
    text: '',
    line: index,
    listing: { sector: index % 2 ? 'Energy' : 'Utilities' },
  },
  row: Float64Array.from({ length: ROW_WIDTH }, () => random() * 100),
  place: {
    composite: random() * 100,
    signal: 'Avoid' as const,
    coverage: 1,
    factors: { momentum: random() * 100 },
    contributions: {},
  },
}));

const screens = [
  ...(await compileScreens({
    use: Object.keys(BUILT_IN),
    define: [],
  })),
  ...(await compileScreens({
    use: ['three-terms', 'list-of-20', 'list-of-1000', 'functions'],
    define: [
      ['three-terms', 'rsi_14 < 300 and close > -1 and sector in ["Energy", "Utilities"]'],
      ['list-of-20', `symbol in [${Array.from({ length: 20 }, (_, at) => `"X${at}"`).join(', ')}]`],
      ['list-of-1000', `symbol in [${Array.from({ length: 1000 }, (_, at) => `"X${at}"`).join(', ')}]`],
      ['functions', 'known(close) and abs(gap_1d) >= 0 and lower(sector).contains("e")'],
    ],
  })),
];
const times = new Map<string, number[]>(screens.map(({ name }) => [name, []]));
const hits = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const screen of screens) {
    const before = performance.now();
    let met = 0;
    for (const subject of subjects) if (screen.test(subject)) met++;
    times.get(screen.name)!.push((performance.now() - before) / SYMBOLS);
    hits.set(screen.name, met);
  }
}
console.log(`${''.padEnd(22)} µs a symbol: median     best    first     met`);
for (const [name, values] of times) {
  const sorted = values.toSorted((a, b) => a - b);
  const us = (value: number) => (value * 1000).toFixed(3).padStart(9);
  console.log(
    `${name.padEnd(22)}          ${us(sorted[sorted.length >> 1]!)}${us(sorted[0]!)}${us(values[0]!)}${String(hits.get(name)).padStart(8)}`,
  );
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
