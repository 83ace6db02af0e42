// From a put into etcd until a mirror in another process has it in force, paired for each put with a raw
// watch in that same process: what the mirror adds is the difference. Puts come one after another, with
// pauses, as people apply them; a second figure is what one change costs a mirror by itself.

import { openEtcdCoordination } from '@holdfast/engines/etcd';
import { startEtcdCluster } from '@holdfast/engines/testing';
import { quantileOf, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { BenchOptions } from '../../bench.ts';
import { Child } from '../../child-process.ts';
import { exactly, type Figure, figureOf, type Row, rowOf } from '../../report.ts';
import { appliedCostUs } from '../applied-cost.ts';
import { machineMs } from '../machine-clock.ts';
import type { MirrorAnswer, MirrorQuestion } from '../mirror-process.ts';
import { putCheck, putChecks } from '../mirrored-checks.ts';

const KEY_COUNT = 10_000;
const ROUNDS = 3;
const PUTS = 700;
const PUTS_QUICK = 60;
const PAUSE_MS = 3;
const CHANGES = 20_000;
const CHANGES_QUICK = 1_000;
/** Of a mirror that others published, on another machine. */
const PUBLISHED_MS = { p50: 86, p99: 132 };
const DIFFERENCE_MS_MAX = 1;
const APPLY_US_MAX = 20;

/** Of one round, ms. */
interface Paired {
  toRaw: number[];
  toApplied: number[];
  difference: number[];
}

export async function benchMirror({ quick, progress }: BenchOptions): Promise<Row[]> {
  progress('mirror: what one change costs');
  const cost = await appliedCostUs(KEY_COUNT, quick ? CHANGES_QUICK : CHANGES, ROUNDS);
  const cluster = await startEtcdCluster();
  const { endpoints } = cluster;
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  const writer = await openEtcdCoordination({ ...parts, endpoints });
  const mirror = new Child<MirrorQuestion, MirrorAnswer>(
    import.meta.resolve('../mirror-process.ts'),
    ['the mirror'],
  );
  try {
    await putChecks(writer, KEY_COUNT);
    await mirror.ask({ open: endpoints });
    const rounds: Paired[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      progress(`mirror: puts, round ${round} of ${ROUNDS}`);
      const putMs = new Map<string, number>();
      const puts = quick ? PUTS_QUICK : PUTS;
      for (let put = 0; put < puts; put += 1) {
        const atMs = machineMs();
        const then = [putCheck((round * puts + put) % KEY_COUNT)];
        const { revision } = await writer.txn({ if: [], then });
        putMs.set(String(revision), atMs);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      const last = [...putMs.keys()].at(-1) ?? '0';
      // The first round warms up.
      const { seen } = await mirror.ask({ seenUpTo: last });
      if (round > 0) rounds.push(paired(putMs, seen));
    }
    return rowsOf(rounds, cost);
  } finally {
    await mirror.close();
    await writer.close();
    await cluster.close();
  }
}

function paired(putMs: ReadonlyMap<string, number>, seen: MirrorAnswer['seen']): Paired {
  const ofPuts = seen.filter(([revision]) => putMs.has(revision));
  if (ofPuts.length !== putMs.size) throw new Error('The watch or the mirror left out a put.');
  return {
    toRaw: ofPuts.map(([revision, rawMs]) => rawMs - (putMs.get(revision) ?? 0)),
    toApplied: ofPuts.map(([revision, , appliedMs]) => appliedMs - (putMs.get(revision) ?? 0)),
    difference: ofPuts.map(([, rawMs, appliedMs]) => appliedMs - rawMs),
  };
}

function rowsOf(rounds: readonly Paired[], cost: Figure): Row[] {
  const at = (name: keyof Paired, q: number) =>
    figureOf(
      rounds.map(
        (round) =>
          quantileOf(
            round[name].toSorted((a, b) => a - b),
            q,
          ) ?? 0,
      ),
    );
  const applied = (q: number, name: 'p50' | 'p99') => [
    rowOf({
      metric: `mirror, put → applied, ${name}`,
      unit: 'ms',
      goal: { of: 'ratio', op: '<=', value: 1 },
      ours: at('toApplied', q),
      against: 'published',
      theirs: exactly(PUBLISHED_MS[name]),
    }),
    rowOf({
      metric: `mirror, put → applied, ${name}`,
      unit: 'ms',
      goal: { of: 'ratio', op: '<=', value: 1.5 },
      ours: at('toApplied', q),
      against: 'raw watch',
      theirs: at('toRaw', q),
    }),
  ];
  return [
    rowOf({
      metric: 'mirror, later than a raw watch, p99',
      unit: 'ms',
      goal: { of: 'ours', op: '<=', value: DIFFERENCE_MS_MAX },
      ours: notBelowZero(at('difference', 0.99)),
    }),
    ...applied(0.5, 'p50'),
    ...applied(0.99, 'p99'),
    rowOf({
      metric: `mirror of ${KEY_COUNT.toLocaleString('en-US')} keys, one change`,
      unit: 'µs',
      goal: { of: 'ours', op: '<=', value: APPLY_US_MAX },
      ours: cost,
    }),
  ];
}

/** Where the mirror is told before the raw watch there is nothing that it adds. */
function notBelowZero({ median, min, max }: Figure): Figure {
  return { median: Math.max(0, median), min: Math.max(0, min), max: Math.max(0, max) };
}
