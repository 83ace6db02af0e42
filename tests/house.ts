// The house as data: which room stands on which floor, and what the small processes may load.
// ARCHITECTURE.md shows the same; tests/laws.test.ts holds the code to it.

export interface Room {
  /** Package name. */
  name: string;
  folder: string;
  floor: 0 | 1 | 2 | 3 | 4;
  purpose: string;
}

export const ROOMS: readonly Room[] = [
  {
    name: '@holdfast/kernel',
    folder: 'packages/kernel',
    floor: 0,
    purpose: 'time, chance, faults, bounds, statistics',
  },
  {
    name: '@holdfast/resources',
    folder: 'packages/resources',
    floor: 1,
    purpose: 'what users write, what rooms exchange',
  },
  {
    name: '@holdfast/engines',
    folder: 'packages/engines',
    floor: 2,
    purpose: 'coordination, events, stores behind contracts',
  },
  {
    name: '@holdfast/telemetry',
    folder: 'packages/telemetry',
    floor: 3,
    purpose: 'log and metric back ends',
  },
  {
    name: '@holdfast/probing',
    folder: 'packages/probing',
    floor: 3,
    purpose: 'probers, judge, scheduler, agent',
  },
  {
    name: '@holdfast/fleet',
    folder: 'packages/fleet',
    floor: 3,
    purpose: 'servers, agents, assignment, quorum',
  },
  { name: '@holdfast/health', folder: 'packages/health', floor: 3, purpose: 'alerts' },
  { name: 'holdfast', folder: 'apps/holdfast', floor: 4, purpose: 'command line, server, wiring' },
  { name: '@holdfast/console', folder: 'apps/console', floor: 4, purpose: 'the pages' },
];

/** Packages that a process may load at its start, by its first file. */
export const SMALL_PROCESSES: readonly { entry: string; may: readonly string[] }[] = [
  { entry: 'packages/probing/src/agent/main.ts', may: ['@holdfast/kernel'] },
];

/** Sizes that want a reason: of a file, of one that only tests, of a function, of a React component. */
export const SIZES = { fileLines: 300, testLines: 400, functionLines: 70, componentLines: 150 };

/** What is larger, with its size now; a number may only fall. */
export const LARGER: Readonly<Record<string, number>> = {};
