// How many transactions a second the embedded engine takes, in memory and on disk, beside what the disk
// alone allows, and how long opening takes. Seeded.
// Run: node packages/engines/src/embedded/embedded.bench.ts [transactions] [keys]

import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import { always } from '../coordination/opened.conformance.ts';
import { openEmbeddedCoordination } from './open-embedded.ts';

const TRANSACTIONS = Number(process.argv[2] ?? 200_000);
const KEYS = Number(process.argv[3] ?? 10_000);
const VALUE = new Uint8Array(200).fill(1);
const FLOOR_WRITES = 300;
const FLOOR_BYTES = 280;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const parts = { clock: systemClock, chance: seededChance(1), logger: silentLogger };

function report(metric: string, amount: number, begunMs: number): void {
  const spentMs = performance.now() - begunMs;
  const rate = Math.round((1000 * amount) / spentMs);
  console.log(`${metric.padEnd(44)} ${rate.toLocaleString('en').padStart(10)}/s`);
}

/** `writers` at a time, each compare-and-put as `resources` are written. */
async function write(name: string, coordination: Coordination, writers: number, count: number) {
  const each = Math.floor(count / writers);
  const begunMs = performance.now();
  const cpu = process.cpuUsage();
  const one = async (_: unknown, writer: number) => {
    for (let index = 0; index < each; index += 1) {
      const key = `/holdfast/v1/resources/Check/default/check-${(writer * each + index) % KEYS}`;
      await coordination.txn(always({ type: 'put', key, value: VALUE }));
    }
  };
  await Promise.all(Array.from({ length: writers }, one));
  report(`${name}, ${writers} writers`, writers * each, begunMs);
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${''.padEnd(44)} ${((user + system) / (writers * each)).toFixed(1)} µs CPU each`);
}

async function readAndWatch(coordination: Coordination): Promise<void> {
  const begunMs = performance.now();
  for (let index = 0; index < TRANSACTIONS; index += 1)
    await coordination.get(`/holdfast/v1/resources/Check/default/check-${index % KEYS}`);
  report('get', TRANSACTIONS, begunMs);
  const listedMs = performance.now();
  const { entries, revision } = await coordination.list('/');
  report(`list of ${entries.length} keys, keys`, entries.length, listedMs);
  const watchedMs = performance.now();
  const ended = new AbortController();
  let told = 0;
  for await (const _ of coordination.watch('/', revision - 9_000n, ended.signal)) {
    told += 1;
    if (told === 9_000) break;
  }
  report('watch from the past, transactions', told, watchedMs);
}

/** One write and one fdatasync after another: what a store without group commit could reach here. */
async function floor(): Promise<void> {
  const file = await open(join(folder, 'floor'), 'w');
  const bytes = new Uint8Array(FLOOR_BYTES);
  const begunMs = performance.now();
  for (let index = 0; index < FLOOR_WRITES; index += 1) {
    await file.write(bytes, 0, FLOOR_BYTES, index * FLOOR_BYTES);
    await file.datasync();
  }
  report('floor: bare writes, each with fdatasync', FLOOR_WRITES, begunMs);
  await file.close();
}

try {
  const memory = await openEmbeddedCoordination(parts);
  for (const writers of [1, 1, 100]) await write('in memory', memory, writers, TRANSACTIONS);
  await readAndWatch(memory);
  await memory.close();
  await floor();
  const disk = await openEmbeddedCoordination({ ...parts, folder: join(folder, 'disk') });
  for (const [writers, count] of [
    [1, 300],
    [10, 3_000],
    [100, 30_000],
    [1_000, TRANSACTIONS],
    [1_000, TRANSACTIONS],
  ] as const)
    await write('on disk', disk, writers, count);
  await disk.close();
  const begunMs = performance.now();
  const again = await openEmbeddedCoordination({ ...parts, folder: join(folder, 'disk') });
  const { entries } = await again.list('');
  console.log(`opened ${entries.length} keys in ${Math.round(performance.now() - begunMs)} ms`);
  await again.close();
} finally {
  rmSync(folder, { recursive: true });
}
