// What the folder keeps, and what it refuses: opened again, damaged, wiped, in use, far too long.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLogger, sleep, systemChance, systemClock } from '@holdfast/kernel';
import fastCheck from 'fast-check';
import { assertEntries } from '../coordination/coordination.model.ts';
import { always, isCode, put, watched } from '../coordination/opened.conformance.ts';
import { type EmbeddedOptions, openEmbeddedCoordination } from './open-embedded.ts';

type Given = Partial<EmbeddedOptions>;

function open(folder: string, given: Given = {}) {
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  return openEmbeddedCoordination({ ...parts, folder, ...given });
}

function inFolder(body: (folder: string) => Promise<void>) {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
    try {
      await body(join(folder, 'inner'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

/** Opens, lets `work` do something, closes. */
async function visit<T>(
  folder: string,
  work: (opened: Awaited<ReturnType<typeof open>>) => Promise<T>,
  given: Given = {},
): Promise<T> {
  const opened = await open(folder, given);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

function files(folder: string, kind: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(kind));
  return names.sort().map((name) => join(folder, name));
}

function flip(path: string, place: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  writeFileSync(path, bytes);
}

const writeSome = (folder: string, count = 5) =>
  visit(folder, async (opened) => {
    for (let index = 0; index < count; index += 1)
      await opened.txn(always(put(`/k${index}`, `${index}`)));
    return opened.list('/');
  });

describe('coordination on disk', () => {
  it('finds everything again: entries, revisions, cluster, history', inFolder(findsAll));
  it('gives leases their ttl anew, and lets them run out', inFolder(keepsLeases));
  it('stays bounded, and whole through any rotation', inFolder(rotates));
  it('is another cluster once wiped', inFolder(isWiped));
  it('lets one process in, and the next once it has left', inFolder(isLocked));
  it('cuts off a torn end, and goes on', inFolder(cutsTornEnd));
  it('refuses a damaged middle, and leaves it alone', inFolder(refusesDamage));
  it('refuses a folder with a part missing', inFolder(refusesGaps));
  it('refuses the layout of a later version', inFolder(refusesNewer));
  it('writes what waits when it is closed', inFolder(writesAtClose));
  it('refuses puts beyond its bound, and takes deletions', inFolder(keepsWithinBytes));
});

async function findsAll(root: string): Promise<void> {
  const steps = fastCheck.array(
    fastCheck.record({
      name: fastCheck.constantFrom('a', 'b', 'c/d', 'é\u{1f600}'),
      adds: fastCheck.constantFrom(true, true, false),
      value: fastCheck.string({ maxLength: 60 }),
      reopens: fastCheck.constantFrom(true, false, false, false),
    }),
    { minLength: 1, maxLength: 40 },
  );
  let tries = 0;
  const property = fastCheck.asyncProperty(steps, async (plan) => {
    tries += 1;
    const folder = join(root, `${tries}`);
    // So short that snapshots are made.
    const given = { journalBytes: 300 };
    let opened = await open(folder, given);
    for (const { name, adds, value, reopens } of plan) {
      await opened.txn(always(adds ? put(name, value) : { type: 'delete', key: name }));
      if (!reopens) continue;
      const before = await opened.list('');
      await opened.close();
      opened = await open(folder, given);
      const { entries, ...rest } = await opened.list('');
      assert.deepEqual(rest, { revision: before.revision, cluster: before.cluster });
      assertEntries(entries, before.entries);
    }
    await opened.close();
  });
  await fastCheck.assert(property, { numRuns: 12 });
  const { revision } = await writeSome(join(root, 'history'));
  await visit(join(root, 'history'), async (opened) => {
    const items = await watched(opened, '/', 1n, 5);
    assert.deepEqual(
      items.map((item) => item.revision),
      [2n, 3n, 4n, 5n, revision],
    );
  });
}

async function keepsLeases(folder: string): Promise<void> {
  const lease = await visit(folder, async (opened) => {
    const taken = await opened.lease(1_000);
    await opened.txn(always(put('/leased', 'x', taken.id)));
    return taken;
  });
  await sleep(systemClock, 1_200);
  await visit(folder, async (opened) => {
    const { revision } = await opened.list('');
    assert.equal((await opened.get('/leased'))?.lease, lease.id);
    assert.equal((await opened.leases.renew(lease.id)).ttlMs, 1_000);
    const [item] = await watched(opened, '/', revision + 1n, 1);
    assert.equal(item?.changes[0]?.type, 'delete');
  });
  await visit(folder, async (opened) => {
    assert.equal(await opened.get('/leased'), undefined);
    await assert.rejects(opened.leases.renew(lease.id), isCode('LEASE_LOST'));
  });
}

async function rotates(folder: string): Promise<void> {
  const given = { journalBytes: 20_000, historyRevisions: 100, historyAgeMs: 0 };
  const total = await visit(
    folder,
    async (opened) => {
      for (let round = 0; round < 60; round += 1) {
        const writes = Array.from({ length: 50 }, (_, index) =>
          opened.txn(always(put(`/k${index}`, `${round}`.padEnd(100)))),
        );
        await Promise.all(writes);
      }
      return opened.list('/');
    },
    given,
  );
  const bytes = readdirSync(folder).reduce((sum, name) => {
    return sum + statSync(join(folder, name)).size;
  }, 0);
  assert.ok(bytes < 200_000, `${bytes} bytes on disk of some 500 kB written`);
  assert.ok(files(folder, 'snapshot').length === 1);
  await visit(
    folder,
    async (opened) => assertEntries((await opened.list('/')).entries, total.entries),
    given,
  );
}

async function isWiped(folder: string): Promise<void> {
  const before = await writeSome(folder);
  rmSync(folder, { recursive: true });
  const after = await writeSome(folder, 1);
  assert.notEqual(after.cluster, before.cluster);
  assert.equal(after.revision, 2n);
}

async function isLocked(folder: string): Promise<void> {
  await visit(folder, () => assert.rejects(open(folder), isCode('DATA_LOCKED')));
  await writeSome(folder);
  writeFileSync(join(folder, 'not-a-folder'), '');
  await assert.rejects(open(join(folder, 'not-a-folder')), isCode('STORE_FAILED'));
}

async function cutsTornEnd(folder: string): Promise<void> {
  const { entries } = await writeSome(folder);
  const [path] = files(folder, 'journal');
  assert.ok(path);
  const whole = readFileSync(path);
  for (const cut of [1, 5, 13, 40]) {
    writeFileSync(path, whole.subarray(0, -cut));
    // The last transaction is gone, which nobody could tell from one that was never acknowledged.
    await visit(folder, async (opened) => {
      assertEntries((await opened.list('/')).entries, entries.slice(0, 4));
      await opened.txn(always(put('/k9')));
    });
    await visit(folder, async (opened) => assert.ok(await opened.get('/k9')));
  }
}

async function refusesDamage(folder: string): Promise<void> {
  await writeSome(folder);
  const [path] = files(folder, 'journal');
  assert.ok(path);
  const whole = readFileSync(path);
  for (const place of [0, 7, 10, 20, 33, 36, 41, 45, 60]) {
    writeFileSync(path, whole);
    flip(path, place);
    const damaged: Buffer = readFileSync(path);
    await assert.rejects(open(folder), isCode('STORE_FAILED'), `byte ${place}`);
    assert.deepEqual(readFileSync(path), damaged);
  }
  writeFileSync(path, whole);
  await visit(folder, async (opened) => assert.ok(await opened.get('/k4')));
}

async function refusesGaps(folder: string): Promise<void> {
  const given = { journalBytes: 200 };
  const write = () =>
    visit(
      folder,
      async (opened) => {
        for (let index = 0; index < 20; index += 1) await opened.txn(always(put('/a', `${index}`)));
      },
      given,
    );
  await write();
  const [snapshot] = files(folder, 'snapshot');
  assert.ok(snapshot);
  flip(snapshot, statSync(snapshot).size - 1);
  await assert.rejects(open(folder), isCode('STORE_FAILED'));
  flip(snapshot, statSync(snapshot).size - 1);
  await write();
  for (const path of files(folder, 'journal')) rmSync(path);
  await assert.rejects(open(folder), isCode('STORE_FAILED'));
}

async function refusesNewer(folder: string): Promise<void> {
  await writeSome(folder);
  const [path] = files(folder, 'journal');
  assert.ok(path);
  const bytes = readFileSync(path);
  bytes.writeUInt8(2, 7);
  writeFileSync(path, bytes);
  await assert.rejects(open(folder), isCode('STORE_TOO_NEW'));
}

async function writesAtClose(folder: string): Promise<void> {
  const opened = await open(folder);
  const writes = Array.from({ length: 200 }, (_, index) => opened.txn(always(put(`/k${index}`))));
  await opened.close();
  assert.equal((await Promise.all(writes)).length, 200);
  await visit(folder, async (again) => {
    assert.equal((await again.list('/')).entries.length, 200);
  });
}

async function keepsWithinBytes(folder: string): Promise<void> {
  await visit(
    folder,
    async (opened) => {
      const fill = async () => {
        for (let index = 0; index < 50; index += 1)
          await opened.txn(always(put(`/k${index}`, 'x'.repeat(100))));
      };
      await assert.rejects(fill, isCode('COORDINATION_FAILED'));
      const { entries } = await opened.list('/');
      assert.ok(entries.length > 5 && entries.length < 15);
      for (const { key } of entries.slice(0, 5)) await opened.txn(always({ type: 'delete', key }));
      assert.equal((await opened.txn(always(put('/again')))).done, true);
    },
    { bytesMax: 1_000 },
  );
}
