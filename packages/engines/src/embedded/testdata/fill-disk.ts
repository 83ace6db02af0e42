// Runs on a small disk of its own, named by its argument: writes until the disk is full, says what it
// saw, makes room, and goes on. What it prints is judged by the test that started it.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { Operation } from '../../coordination/coordination.ts';
import { openEmbeddedCoordination } from '../open-embedded.ts';

const disk = process.argv[2] ?? '';
const ballast = join(disk, 'ballast');
const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
const open = () => openEmbeddedCoordination({ folder: join(disk, 'coordination'), ...parts });
const value = new Uint8Array(20_000).fill(1);

let coordination = await open();
writeFileSync(ballast, new Uint8Array(1_000_000));
const acknowledged: string[] = [];
const refused: string[] = [];
let refusal: unknown;

async function write(key: string): Promise<void> {
  const put: Operation = { type: 'put', key, value };
  try {
    await coordination.txn({ if: [], then: [put] });
    acknowledged.push(key);
  } catch (error) {
    refusal = error;
    refused.push(key);
  }
}

async function writeMany(round: string): Promise<void> {
  for (let group = 0; group < 30; group += 1)
    await Promise.all(Array.from({ length: 5 }, (_, index) => write(`/${round}/${group}/${index}`)));
}

async function told() {
  const { entries, revision } = await coordination.list('/');
  return { keys: entries.map(({ key }) => key), revision: Number(revision) };
}

await writeMany('full');
const full = { ...(await told()), acknowledged: [...acknowledged], refused: refused.length };
const { warnings } = await coordination.facts();
rmSync(ballast);
await write('/again');
const again = { ...(await told()), acknowledged: [...acknowledged] };
const healed = (await coordination.facts()).warnings;
await coordination.close();
coordination = await open();
const reopened = await told();
await coordination.close();
const code = refusal instanceof Error && 'code' in refusal ? refusal.code : undefined;
const message = refusal instanceof Error ? refusal.message : '';
process.stdout.write(JSON.stringify({ full, again, reopened, code, message, warnings, healed }));
