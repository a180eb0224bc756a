import { coldScans } from './cold.ts';
import { deadSymbols } from './dead-symbols.ts';
import { filtering } from './filtering.ts';
import { machine } from './machine.ts';
import { nextDay } from './next-day.ts';
import { resident } from './resident.ts';
import { scale } from './scale.ts';
import type { Scenario } from './scenario.ts';
import { stages } from './stages.ts';
import { startUp } from './start-up.ts';
import { threads } from './threads.ts';
import { warmScans } from './warm.ts';

/** All scenarios, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  machine,
  startUp,
  ...coldScans,
  ...warmScans,
  nextDay,
  threads,
  resident,
  ...filtering,
  deadSymbols,
  ...stages,
  scale,
];
