// What a bench is to the command line, and the list of them all. A bench measures both sides of every
// comparison in the same run, and is loaded only when it is asked for.

import type { Row } from './report.ts';

export interface BenchOptions {
  /** Few and short rounds: shows that the bench works, not what is claimed. */
  quick: boolean;
  /** Asked for by name; none = all of them. */
  parts: readonly string[];
  /** Told what is being measured now. */
  progress: (text: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<Row[]>;

export interface BenchEntry {
  summary: string;
  /** What can be asked for alone, in the order in which it is measured. */
  parts: readonly string[];
  load: () => Promise<Bench>;
}

/** By name. */
export const BENCHES: ReadonlyMap<string, BenchEntry> = new Map([
  [
    'probing',
    {
      summary:
        'One probe beside bare sockets, node:http and blackbox_exporter; kept connections, crowds, lateness, memory, the command',
      parts: [
        'http',
        'tcp',
        'https',
        'icmp',
        'keep-alive',
        'crowd',
        'lateness',
        'memory',
        'command',
      ],
      load: async () => (await import('./probing/probing-bench.ts')).benchProbing,
    },
  ],
  [
    'engines',
    {
      summary:
        'etcd, Redis, PostgreSQL and the embedded engines beside the floor of each; mirrors, fail-over',
      parts: ['mirror', 'catch-up', 'etcd', 'embedded', 'remote', 'events', 'results', 'fail-over'],
      load: async () => (await import('./engines/engines-bench.ts')).benchEngines,
    },
  ],
]);
