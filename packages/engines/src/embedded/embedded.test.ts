// What needs no disk and no waiting: time is simulated, in memory.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { WATCH_SIGN_MS, type WatchItem } from '../coordination/coordination.ts';
import { always, isCode, put } from '../coordination/opened.conformance.ts';
import { EmbeddedEngine } from './embedded-engine.ts';
import { openEmbeddedCoordination } from './open-embedded.ts';
import { RevisionStore } from './revision-store.ts';

async function open(given: { historyRevisions?: number; historyAgeMs?: number } = {}) {
  const clock = new StallingClock();
  const parts = { clock, chance: seededChance(1), logger: silentLogger };
  return { clock, coordination: await openEmbeddedCoordination({ ...parts, ...given }) };
}

/** Time can be made to have passed before any timer could fire. */
class StallingClock extends SimulatedClock {
  standsAtMs = 0;

  override nowMs(): number {
    return Math.max(this.standsAtMs, super.nowMs());
  }
}

/** Reads as fast as it can. */
function read(watch: AsyncIterable<WatchItem>) {
  const items: WatchItem[] = [];
  const ended = (async () => {
    for await (const item of watch) items.push(item);
  })();
  return { items, ended };
}

function onDisk(write: () => Promise<void>) {
  const clock = new SimulatedClock();
  const engine = new EmbeddedEngine({
    store: new RevisionStore({ revisions: 10, ageMs: 0, bytes: 1e9 }),
    cluster: 'c',
    shownAs: 'a disk',
    bytesMax: 1e9,
    clock,
    chance: seededChance(1),
    keeper: { write, sync: async () => {}, warnings: () => [] },
    letGo: async () => {},
  });
  return { clock, engine };
}

describe('embedded coordination', () => {
  it('signs every watch within the promised time, however busy others are', async () => {
    const { clock, coordination } = await open();
    const { items } = read(coordination.watch('/quiet', 1n, new AbortController().signal));
    for (let second = 0; second < 60; second += 1) {
      await clock.advanceAsync(1_000);
      await coordination.txn(always(put('/busy')));
    }
    assert.ok(items.length >= 60_000 / WATCH_SIGN_MS - 1 && items.length < 60);
    assert.ok(items.every(({ changes }) => changes.length === 0));
    await coordination.close();
    assert.equal(clock.pending, 0);
  });

  it('never loses the place of a quiet watch to compaction, only that of a slow reader', async () => {
    const { coordination } = await open({ historyRevisions: 20, historyAgeMs: 0 });
    const { signal } = new AbortController();
    const quiet = read(coordination.watch('/quiet', 1n, signal));
    const slow = coordination.watch('/busy', 1n, signal)[Symbol.asyncIterator]();
    for (let index = 0; index < 100; index += 1) await coordination.txn(always(put('/busy')));
    await assert.rejects(() => slow.next(), isCode('COMPACTED'));
    await coordination.txn(always(put('/quiet/a')));
    await coordination.close();
    await quiet.ended;
    assert.equal(quiet.items.length, 1);
  });

  it('lets a lease run out by the clock, to the millisecond, and not while it is renewed', async () => {
    const { clock, coordination } = await open();
    const { id } = await coordination.leases.grant(9_000);
    await coordination.txn(always(put('/a', 'x', id)));
    for (let time = 0; time < 5; time += 1) {
      await clock.advanceAsync(8_000);
      await coordination.leases.renew(id);
    }
    await clock.advanceAsync(8_999);
    assert.ok(await coordination.get('/a'));
    await clock.advanceAsync(1);
    assert.equal(await coordination.get('/a'), undefined);
    await assert.rejects(coordination.leases.renew(id), isCode('LEASE_LOST'));
    await coordination.close();
  });

  it('renews no lease whose time is over, though no timer has fired yet', async () => {
    const { clock, coordination } = await open();
    const { id } = await coordination.leases.grant(9_000);
    clock.standsAtMs = 9_000;
    await assert.rejects(coordination.leases.renew(id), isCode('LEASE_LOST'));
    await coordination.close();
  });

  it('ends with its store, and a client alone', async () => {
    const { clock, coordination } = await open();
    const client = coordination.client();
    const [lease, left] = [await client.lease(9_000), await coordination.lease(9_000)];
    await client.close();
    assert.equal(lease.lost.aborted, true);
    assert.equal(left.lost.aborted, false);
    const other = coordination.client();
    const watch = read(other.watch('/', 1n, new AbortController().signal));
    await coordination.close();
    await watch.ended;
    await assert.rejects(other.get('/a'), isCode('COORDINATION_FAILED'));
    await other.close();
    assert.equal(clock.pending, 0);
  });

  it('counts no time for a lease that was granted while it was being closed', async () => {
    const written = Promise.withResolvers<void>();
    const { clock, engine } = onDisk(() => written.promise);
    const granted = engine.leases.grant(60_000);
    const closed = engine.close();
    written.resolve();
    await Promise.all([granted, closed]);
    assert.equal(clock.pending, 0);
  });

  it('keeps the keys of a lease that is over until they can be seen to vanish', async () => {
    let isRefusing = false;
    const { clock, engine } = onDisk(async () => {
      if (isRefusing) throw new Error('full');
    });
    const { id } = await engine.leases.grant(2_000);
    await engine.transact(always(put('/a', 'x', id)), 0);
    isRefusing = true;
    await clock.advanceAsync(5_000);
    assert.ok(engine.store.get('/a'));
    await assert.rejects(engine.leases.renew(id), isCode('LEASE_LOST'));
    isRefusing = false;
    await clock.advanceAsync(1_000);
    assert.equal(engine.store.get('/a'), undefined);
    assert.equal(engine.store.lease(id), undefined);
    await engine.close();
    assert.equal(clock.pending, 0);
  });
});
