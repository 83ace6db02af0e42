// What a bench is to the command line, and the list of them all. A bench measures both sides of every
// comparison in the same run, and is loaded only when it is asked for.

import type { Row } from './report.ts';

export interface BenchOptions {
  /** Few and short rounds: shows that the bench works, not what is claimed. */
  quick: boolean;
  /** Told what is being measured now. */
  progress: (text: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<Row[]>;

export interface BenchEntry {
  summary: string;
  load: () => Promise<Bench>;
}

/** By name. */
export const BENCHES: ReadonlyMap<string, BenchEntry> = new Map([
  [
    'probing',
    {
      summary: 'CPU and rate of one probe, beside bare sockets, node:http and blackbox_exporter',
      load: async () => (await import('./probing/probing-bench.ts')).benchProbing,
    },
  ],
]);
