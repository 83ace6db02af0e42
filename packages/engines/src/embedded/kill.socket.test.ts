// What a transaction promised survives a process that is killed, however often, whatever it was doing.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seededChance, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { openEmbeddedCoordination } from './open-embedded.ts';

const CHILD = fileURLToPath(new URL('./testdata/write-forever.ts', import.meta.url));
const KILLS = Number(process.env.HOLDFAST_TEST_KILLS ?? 6);

/** Kills it after so many acknowledgements; adds what was acknowledged. */
async function writeAndKill(folder: string, after: number, counts: Map<string, number>) {
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, CHILD, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let seen = 0;
  let newest = 0n;
  for await (const line of createInterface({ input: child.stdout })) {
    const [writer = '', count = '', revision = ''] = line.split(' ');
    // The last line may be torn too.
    if (revision === '') continue;
    counts.set(writer, Math.max(counts.get(writer) ?? 0, Number(count)));
    if (BigInt(revision) > newest) newest = BigInt(revision);
    seen += 1;
    if (seen === after) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  assert.equal(signal, 'SIGKILL');
  return newest;
}

it('finds every acknowledged transaction after any number of kills, and none by half', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
  const chance = seededChance(KILLS);
  const counts = new Map<string, number>();
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const newest = await writeAndKill(folder, 50 + chance.integer(1_500), counts);
      const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
      const opened = await openEmbeddedCoordination({ folder, ...parts });
      const { entries: first, revision } = await opened.list('/a/');
      const { entries: second } = await opened.list('/b/');
      await opened.close();
      assert.ok(revision >= newest, `at ${revision}, ${newest} was acknowledged`);
      assert.equal(first.length, 20);
      for (const [index, entry] of first.entries()) {
        const count = Number(new TextDecoder().decode(entry.value));
        const acknowledged = counts.get(entry.key.slice(3)) ?? 0;
        assert.ok(count >= acknowledged, `${entry.key} is ${count}, told ${acknowledged}`);
        assert.equal(second[index]?.modRevision, entry.modRevision, 'never half a transaction');
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
