// The real worker, and what happens around it when it dies: nothing hangs, nothing storms.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { isHoldfastError, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { sampleResult } from '../results/sample-results.ts';
import { AppendQueue } from '../rows/append-queue.ts';
import { buffersOf } from '../rows/row-columns.ts';
import { writeBody } from './row-body.ts';
import { CALLS_MAX, WorkerLink } from './worker-link.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-link-'));
const links: WorkerLink[] = [];
after(async () => {
  for (const link of links) await link.close();
  rmSync(folder, { recursive: true });
});

const WORKER = new URL('./store-worker.ts', import.meta.url);
/** Opens, and then answers nothing. */
const DEAF = `const { parentPort } = require('node:worker_threads');
  parentPort.once('message', ({ id }) => parentPort.postMessage({ id, output: {} }));
  parentPort.on('message', () => {});`;

const isStoreFailed = (error: unknown) => isHoldfastError(error) && error.code === 'STORE_FAILED';

interface Rig {
  link: WorkerLink;
  clock: SimulatedClock;
  /** Oldest first. */
  workers: Worker[];
  /** Resolves when the store has been opened so many times. */
  opened(times: number): Promise<void>;
}

function rig(spawn: () => Worker, onOpen: (nextTemplateId: number) => void = () => {}): Rig {
  const clock = new SimulatedClock();
  const workers: Worker[] = [];
  const waiting = new Map<number, () => void>();
  let opens = 0;
  const link = new WorkerLink({
    path: join(folder, 'results.db'),
    role: 'both',
    clock,
    logger: silentLogger,
    spawn: () => {
      const worker = spawn();
      workers.push(worker);
      return worker;
    },
    onOpen: ({ nextTemplateId }) => {
      onOpen(nextTemplateId);
      opens += 1;
      waiting.get(opens)?.();
    },
  });
  links.push(link);
  const opened = (times: number) =>
    new Promise<void>((resolve) => {
      if (opens >= times) resolve();
      else waiting.set(times, resolve);
    });
  return { link, clock, workers, opened };
}

it('writes what was appended while the worker was dead, once it is back', async () => {
  const { link, clock, workers, opened } = rig(
    () => new Worker(WORKER),
    (nextTemplateId) => queue.restart(nextTemplateId),
  );
  const queue = new AppendQueue({
    capacity: 100,
    batchMax: 50,
    writeBody,
    isReady: () => link.isOpen,
    write: (batch) => link.call('append', batch, buffersOf(batch.columns)),
    wallMs: () => clock.wallMs(),
  });
  const chance = seededChance(1);
  const rows = [0, 1, 2].map((index) =>
    sampleResult(chance, { check: 'web', plannedAtMs: index * 1000 }),
  );
  await link.open();
  await queue.append(rows.slice(0, 2));
  await workers[0]?.terminate();
  assert.equal(link.isOpen, false);
  await assert.rejects(link.call('usage', undefined), isStoreFailed, 'refused, not queued');
  const appended = queue.append(rows.slice(1));
  clock.advance(999);
  assert.equal(workers.length, 1, 'not again within the second');
  clock.advance(1);
  await opened(2);
  assert.deepEqual(await appended, { appended: 1, duplicates: 1, shed: 0 });
  assert.equal((await link.call('usage', undefined)).rawRows, 3);
  await link.close();
});

it('refuses all that wait when the worker dies, and keeps trying, once a second', async () => {
  let source = DEAF;
  const { link, clock, workers } = rig(() => new Worker(source, { eval: true }));
  await link.open();
  const calls = [link.call('usage', undefined), link.call('checks', undefined)];
  const refused = Promise.all(calls.map((call) => assert.rejects(call, isStoreFailed)));
  source = 'process.exit(1)';
  await workers[0]?.terminate();
  await refused;
  for (const tries of [2, 3, 4]) {
    clock.advance(1000);
    assert.equal(workers.length, tries);
    const worker = workers.at(-1);
    if (worker !== undefined) await once(worker, 'exit');
  }
  await link.close();
  clock.advance(10_000);
  assert.equal(workers.length, 4, 'closing ends the tries');
});

it('bounds the calls that wait', async () => {
  const { link, workers } = rig(() => new Worker(DEAF, { eval: true }));
  await link.open();
  const calls = Array.from({ length: CALLS_MAX }, () => link.call('usage', undefined));
  await assert.rejects(link.call('usage', undefined), isStoreFailed);
  const refused = Promise.all(calls.map((call) => assert.rejects(call, isStoreFailed)));
  await workers[0]?.terminate();
  await refused;
  await link.close();
});
