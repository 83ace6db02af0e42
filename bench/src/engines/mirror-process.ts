// A process with one mirror and, on a connection of its own, a raw watch of the same keys: it notes when
// each of the two knew of a revision, on the clock that all processes of a machine share.

import type { Coordination } from '@holdfast/engines/coordination';
import { openEtcdCoordination } from '@holdfast/engines/etcd';
import { type Mirror, openMirror } from '@holdfast/engines/mirror';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { answerParent } from '../child-process.ts';
import { machineMs } from './machine-clock.ts';
import { decodeCheck, MIRRORED_PREFIX, type MirroredCheck } from './mirrored-checks.ts';

export type MirrorQuestion =
  | { open: string[] }
  /** Answered once both know of it. */
  | { seenUpTo: string };

export interface MirrorAnswer {
  /** Revision, and when either knew of it: ms of the machine's monotonic clock. */
  seen: [revision: string, rawMs: number, appliedMs: number][];
}

const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
const SEEN_MS_MAX = 20_000;
const LOOK_MS = 5;
const rawMs = new Map<bigint, number>();
const appliedMs = new Map<bigint, number>();
const ended = new AbortController();
const closing: (() => Promise<unknown>)[] = [];

async function open(endpoints: string[]): Promise<MirrorAnswer> {
  const forRaw = await openEtcdCoordination({ ...parts, endpoints });
  const forMirror = await openEtcdCoordination({ ...parts, endpoints });
  const mirror: Mirror<MirroredCheck> = openMirror({
    ...parts,
    coordination: forMirror,
    prefix: MIRRORED_PREFIX,
    decode: decodeCheck,
  });
  await mirror.ready;
  mirror.subscribe(({ snapshot }) => appliedMs.set(snapshot.revision, machineMs()));
  const { revision } = await forRaw.list(`${MIRRORED_PREFIX}none`);
  const watching = watchRaw(forRaw, revision + 1n);
  closing.push(
    () => watching,
    () => mirror.close(),
    () => forRaw.close(),
    () => forMirror.close(),
  );
  return { seen: [] };
}

async function watchRaw(coordination: Coordination, from: bigint): Promise<void> {
  for await (const { revision, changes } of coordination.watch(MIRRORED_PREFIX, from, ended.signal))
    if (changes.length > 0) rawMs.set(revision, machineMs());
}

async function seenUpTo(revision: bigint): Promise<MirrorAnswer> {
  const beganMs = performance.now();
  while (!rawMs.has(revision) || !appliedMs.has(revision)) {
    if (performance.now() - beganMs > SEEN_MS_MAX)
      throw new Error(`Nothing was heard of revision ${revision}.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const seen = [...rawMs].map(([one, ms]): MirrorAnswer['seen'][number] => {
    const applied = appliedMs.get(one);
    if (applied === undefined) throw new Error(`The mirror left out revision ${one}.`);
    return [String(one), ms, applied];
  });
  rawMs.clear();
  appliedMs.clear();
  return { seen };
}

answerParent<MirrorQuestion, MirrorAnswer>(
  (question) => ('open' in question ? open(question.open) : seenUpTo(BigInt(question.seenUpTo))),
  async () => {
    ended.abort();
    for (const close of closing) await close();
  },
);
