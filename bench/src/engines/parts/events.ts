// Events end to end: published one by one, delivered to a group, acknowledged. In memory by itself; on Redis
// Streams beside the same commands by hand in pipelines, over one Redis, in turn.

import { startRedis } from '@holdfast/engines/testing';
import type { BenchOptions } from '../../bench.ts';
import { Child } from '../../child-process.ts';
import { type Figure, figureOf, type Row, rowOf } from '../../report.ts';
import type { EventsAnswer, EventsKind, EventsQuestion } from '../events-process.ts';

const ROUNDS = 3;
const ROUNDS_QUICK = 2;
const IN_MEMORY = 1_000_000;
const IN_MEMORY_QUICK = 50_000;
const ON_REDIS = 60_000;
const ON_REDIS_QUICK = 4_000;
const MEMORY_PER_S = 1_000_000;
const REDIS_PER_S = 20_000;
/** Of pipelines by hand, which wait for nobody and give up at the first fault. */
const FLOOR_RATE_MIN = 0.3;
const FLOOR_CPU_MAX = 4;
const FLOOR = 'bare pipelines';

type EventsProcess = Child<EventsQuestion, EventsAnswer>;
type Side = Record<keyof EventsAnswer, Figure>;

export async function benchEvents({ quick, progress }: BenchOptions): Promise<Row[]> {
  const rounds = quick ? ROUNDS_QUICK : ROUNDS;
  progress('events: in memory');
  const memory = await sidesOf([['memory', '']], rounds, quick ? IN_MEMORY_QUICK : IN_MEMORY);
  progress('events: Redis Streams');
  const server = await startRedis();
  try {
    const both: [EventsKind, string][] = [
      ['redis', server.url],
      ['bare', server.url],
    ];
    const onRedis = await sidesOf(both, rounds, quick ? ON_REDIS_QUICK : ON_REDIS);
    return rowsOf(memory[0], onRedis[0], onRedis[1]);
  } finally {
    await server.close();
  }
}

async function sidesOf(
  kinds: readonly [EventsKind, string][],
  rounds: number,
  events: number,
): Promise<Side[]> {
  const file = import.meta.resolve('../events-process.ts');
  const sides: EventsProcess[] = kinds.map((words) => new Child(file, words));
  try {
    // It warms up.
    for (const side of sides) await side.ask({ events });
    const answers = sides.map(() => [] as EventsAnswer[]);
    for (let round = 0; round < rounds; round += 1)
      for (const [at, side] of sides.entries()) answers[at]?.push(await side.ask({ events }));
    return answers.map((all) => ({
      perS: figureOf(all.map(({ perS }) => perS)),
      cpuUs: figureOf(all.map(({ cpuUs }) => cpuUs)),
    }));
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}

function rowsOf(memory?: Side, redis?: Side, floor?: Side): Row[] {
  if (!memory || !redis || !floor) throw new Error('A side was not measured.');
  return [
    rowOf({
      metric: 'events in memory, end to end',
      unit: '/s',
      goal: { of: 'ours', op: '>=', value: MEMORY_PER_S },
      ours: memory.perS,
    }),
    rowOf({
      metric: 'events in memory, CPU of each',
      unit: 'µs',
      goal: { of: 'ours', op: '<=', value: 1e6 / MEMORY_PER_S },
      ours: memory.cpuUs,
    }),
    rowOf({
      metric: 'events on Redis, end to end',
      unit: '/s',
      goal: { of: 'ours', op: '>=', value: REDIS_PER_S },
      ours: redis.perS,
    }),
    rowOf({
      metric: 'events on Redis, end to end',
      unit: '/s',
      goal: { of: 'ratio', op: '>=', value: FLOOR_RATE_MIN },
      ours: redis.perS,
      against: FLOOR,
      theirs: floor.perS,
    }),
    rowOf({
      metric: 'events on Redis, CPU of our process',
      unit: 'µs',
      goal: { of: 'ratio', op: '<=', value: FLOOR_CPU_MAX },
      ours: redis.cpuUs,
      against: FLOOR,
      theirs: floor.cpuUs,
    }),
  ];
}
