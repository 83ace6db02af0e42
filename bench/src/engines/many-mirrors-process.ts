// A process of many mirrors, each with a connection of its own as if it were a node: how often they read
// everything, how many snapshots they published since, and what that cost.

import { openEtcdCoordination } from '@holdfast/engines/etcd';
import { type Mirror, openMirror } from '@holdfast/engines/mirror';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { answerParent } from '../child-process.ts';
import { decodeCheck, MIRRORED_PREFIX, type MirroredCheck } from './mirrored-checks.ts';

export type ManyQuestion =
  | { open: string[]; mirrors: number }
  /** `counting`: forgets what was counted; `converging`: answers once all have read everything again and follow. */
  | { begin: 'counting' | 'converging' };

export interface ManyAnswer {
  snapshots: number;
  items: number;
  cpuMs: number;
}

const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
const CONVERGED_MS_MAX = 120_000;
const LOOK_MS = 5;
const mirrors: { mirror: Mirror<MirroredCheck>; close(): Promise<void> }[] = [];
let snapshots = 0;
let listings: number[] = [];
let cpu = process.cpuUsage();

async function open(endpoints: string[], count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += 1) {
    const coordination = await openEtcdCoordination({ ...parts, endpoints });
    const prefix = MIRRORED_PREFIX;
    const mirror = openMirror({ ...parts, coordination, prefix, decode: decodeCheck });
    mirrors.push({
      mirror,
      close: async () => {
        await mirror.close();
        await coordination.close();
      },
    });
    await mirror.ready;
    mirror.subscribe(() => {
      snapshots += 1;
    });
  }
}

function mark(): void {
  snapshots = 0;
  listings = mirrors.map(({ mirror }) => mirror.status().listings);
  cpu = process.cpuUsage();
}

async function converged(): Promise<void> {
  const beganMs = performance.now();
  const isBack = ({ mirror }: (typeof mirrors)[number], at: number) =>
    mirror.status().listings > (listings[at] ?? 0) && mirror.status().state === 'live';
  while (!mirrors.every(isBack)) {
    if (performance.now() - beganMs > CONVERGED_MS_MAX)
      throw new Error('Not all mirrors came back.');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

answerParent<ManyQuestion, ManyAnswer>(
  async (question) => {
    if ('open' in question) await open(question.open, question.mirrors);
    else if (question.begin === 'counting') mark();
    else await converged();
    const { user, system } = process.cpuUsage(cpu);
    return {
      snapshots,
      items: Math.min(...mirrors.map(({ mirror }) => mirror.current?.size ?? 0)),
      cpuMs: (user + system) / 1_000,
    };
  },
  async () => {
    await Promise.all(mirrors.map(({ close }) => close()));
  },
);
