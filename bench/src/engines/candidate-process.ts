// A candidate in a process of its own, to be killed: it campaigns, and tells when it has acted as leader, which
// is when a write of its own under the fence of its term stands in the store.

import { openEtcdCoordination } from '@holdfast/engines/etcd';
import { KEYS } from '@holdfast/engines/keys';
import { type Election, startElection } from '@holdfast/engines/leader';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { answerParent } from '../child-process.ts';
import { machineMs } from './machine-clock.ts';

export type CandidateQuestion =
  | { campaign: string[]; id: string; leaseMs: number }
  /** `act`: answered once it leads and has acted; `resign`: once it is over, for good. */
  | { next: 'act' | 'resign' };

export interface CandidateAnswer {
  atMs: number;
}

const LOOK_MS = 1;
const ROLE = 'bench';
const BOOK = KEYS.configuration('bench', 'book');
let election: Election | undefined;
let close = async () => {};

async function campaign(endpoints: string[], id: string, leaseMs: number): Promise<void> {
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  const coordination = await openEtcdCoordination({ ...parts, endpoints });
  const candidate = { id, url: `http://${id}.test` };
  election = startElection({ ...parts, coordination, role: ROLE, candidate, leaseMs });
  close = () => coordination.close();
}

async function act(): Promise<void> {
  while (election?.leadership === undefined)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const value = Buffer.from(String(election.leadership.term));
  await election.leadership.guard.txn({ if: [], then: [{ type: 'put', key: BOOK, value }] });
}

answerParent<CandidateQuestion, CandidateAnswer>(
  async (question) => {
    if ('campaign' in question) await campaign(question.campaign, question.id, question.leaseMs);
    else if (question.next === 'act') await act();
    else await election?.close();
    return { atMs: machineMs() };
  },
  () => close(),
);
