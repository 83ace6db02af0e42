// A process that is going to be killed: counts up a key in the folder named by its argument, in
// transactions of two keys, many at a time, and writes each count once it is acknowledged.

import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { openEmbeddedCoordination } from '../open-embedded.ts';

const coordination = await openEmbeddedCoordination({
  folder: process.argv[2] ?? '',
  clock: systemClock,
  chance: systemChance,
  logger: silentLogger,
  // So short that it is killed while snapshots are made, too.
  journalBytes: 5_000,
});
const WRITERS = 20;

async function write(writer: number): Promise<never> {
  const keys = [`/a/${writer}`, `/b/${writer}`];
  const before = await coordination.get(keys[0] ?? '');
  let count = Number(new TextDecoder().decode(before?.value ?? new Uint8Array()));
  for (;;) {
    count += 1;
    const value = new TextEncoder().encode(`${count}`);
    const puts = keys.map((key) => ({ type: 'put' as const, key, value }));
    const { revision } = await coordination.txn({ if: [], then: puts });
    process.stdout.write(`${writer} ${count} ${revision}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
