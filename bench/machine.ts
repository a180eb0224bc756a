/**
 * What this machine can do, whatever the program: milliseconds for memory that is touched first, memory that is read, and
 * divisions that wait for each other.
 *
 *     node bench/machine.ts
 */
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';
import { timeInTurn } from './time-in-turn.ts';

/** As many as 6,000 series of 252 bars have. */
const NUMBERS = 6000 * 252 * 6;
const PAGE_NUMBERS = 4096 / 8;
const DIVISIONS = 10_000_000;

const memory = new Float64Array(NUMBERS).fill(1.5);

const times = await timeInTurn(
  {
    'first touch': () => {
      const fresh = new Float64Array(NUMBERS);
      for (let at = 0; at < NUMBERS; at += PAGE_NUMBERS) fresh[at] = 1;
    },
    sum: () => {
      let sum = 0;
      for (let at = 0; at < NUMBERS; at++) sum += memory[at]!;
      if (sum !== 1.5 * NUMBERS) throw new Error(`The sum is ${sum}`);
    },
    divisions: () => {
      let value = 1;
      for (let count = 0; count < DIVISIONS; count++) value = 1 / (value + 0.5);
      if (!(value > 0)) throw new Error(`The quotient is ${value}`);
    },
  },
  { rounds: 9, warmUp: 3 },
);
for (const [name, values] of Object.entries(times)) {
  console.log(`${name.padEnd(12)} ${median(values).toFixed(2).padStart(8)} ms`);
}
tellFigures(times);
