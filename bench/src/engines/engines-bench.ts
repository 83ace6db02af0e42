// The bench `engines`: what coordination, events and results give on engines that exist, beside the floor of
// each in the same run, and how soon others take over from what dies. Every part starts its own servers.

import type { Bench, BenchOptions } from '../bench.ts';
import type { Row } from '../report.ts';
import { benchCatchUp } from './parts/catch-up.ts';
import { benchEmbedded } from './parts/embedded.ts';
import { benchEtcd } from './parts/etcd.ts';
import { benchEvents } from './parts/events.ts';
import { benchFleetFailOver } from './parts/fleet-fail-over.ts';
import { benchLeaderFailOver } from './parts/leader-fail-over.ts';
import { benchMirror } from './parts/mirror.ts';
import { benchRemote } from './parts/remote.ts';
import { benchResults } from './parts/results.ts';

const PARTS = new Map<string, (options: BenchOptions) => Promise<Row[]>>([
  ['mirror', benchMirror],
  ['catch-up', benchCatchUp],
  ['etcd', benchEtcd],
  ['embedded', benchEmbedded],
  ['remote', benchRemote],
  ['events', benchEvents],
  ['results', benchResults],
  [
    'fail-over',
    async (options) => [
      ...(await benchLeaderFailOver(options)),
      ...(await benchFleetFailOver(options)),
    ],
  ],
]);

export const benchEngines: Bench = async (options) => {
  const rows: Row[] = [];
  for (const [name, part] of PARTS)
    if (options.parts.length === 0 || options.parts.includes(name))
      rows.push(...(await part(options)));
  return rows;
};
