// A candidate in a process of its own, which acts as leader whenever it believes that it is one, and
// prints a line for each of its acts. Arguments: its id, then the endpoints of etcd.

import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { Transaction } from '../../coordination/coordination.ts';
import { openEtcdCoordination } from '../../etcd/open-etcd.ts';
import { NotLeaderError, startElection } from '../election.ts';

const LEASE_MS = 2_000;
const ACT_MS = 5;

const [id = '', ...endpoints] = process.argv.slice(2);
const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
const coordination = await openEtcdCoordination({ ...parts, endpoints });
const election = startElection({
  ...parts,
  coordination,
  role: 'book',
  candidate: { id, url: `http://${id}.test` },
  leaseMs: LEASE_MS,
});

async function act(): Promise<void> {
  const { leadership } = election;
  if (leadership === undefined) return;
  const { term, guard } = leadership;
  const write: Transaction = {
    if: [],
    then: [{ type: 'put', key: '/book', value: Buffer.from(`${term} ${id}`) }],
  };
  try {
    await guard.txn(write);
    console.log(`wrote ${term}`);
  } catch (error) {
    const code = error instanceof NotLeaderError ? error.code : String(error);
    console.log(`refused ${term} ${code}`);
  }
}

for (;;) {
  await act();
  await new Promise((resolve) => setTimeout(resolve, ACT_MS));
}
