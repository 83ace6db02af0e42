import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldfastError, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import fastCheck from 'fast-check';
import { coordinationFailed, leaseLost } from './coordination-error.ts';
import type { LeaseAuthority } from './lease-authority.ts';
import { LeaseKeeper, validityMs } from './lease-keeper.ts';

const TTL_MS = 9_000;

/** An engine with one lease, whose answers take a while or never come. */
class Engine implements LeaseAuthority {
  readonly clock: SimulatedClock;
  readonly sentMs: number[] = [];
  released = 0;
  /** While set, nothing arrives. */
  isAway = false;
  /** On its way there and on its way back. */
  there = 10;
  back = 10;
  /** The instant at which it lets others in. */
  deadlineMs = 0;

  constructor(clock: SimulatedClock) {
    this.clock = clock;
  }

  async grant(ttlMs: number): Promise<{ id: bigint; ttlMs: number }> {
    await this.#pass(this.there);
    this.deadlineMs = this.clock.nowMs() + ttlMs;
    await this.#pass(this.back);
    return { id: 7n, ttlMs };
  }

  async renew(id: bigint): Promise<{ ttlMs: number }> {
    this.sentMs.push(this.clock.nowMs());
    const { back, isAway } = this;
    await this.#pass(this.there);
    if (isAway) throw coordinationFailed('The engine is away', 'Wait.');
    if (this.clock.nowMs() >= this.deadlineMs) throw leaseLost(id);
    this.deadlineMs = this.clock.nowMs() + TTL_MS;
    await this.#pass(back);
    return { ttlMs: TTL_MS };
  }

  async release(): Promise<void> {
    this.released += 1;
    if (this.isAway) throw coordinationFailed('The engine is away', 'Wait.');
    this.deadlineMs = 0;
  }

  #pass(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(delayMs, resolve));
  }
}

async function hold(prepare: (engine: Engine) => void = () => {}) {
  const clock = new SimulatedClock();
  const engine = new Engine(clock);
  prepare(engine);
  const parts = { authority: engine, clock, chance: seededChance(1), logger: silentLogger };
  const keeper = new LeaseKeeper(parts);
  const leasing = keeper.lease(TTL_MS);
  await clock.advanceAsync(engine.there + engine.back);
  return { clock, engine, keeper, lease: await leasing };
}

/** Time can be made to have passed before any timer could fire, as after a process stood still. */
class StallingClock extends SimulatedClock {
  standsAtMs = 0;

  override nowMs(): number {
    return Math.max(this.standsAtMs, super.nowMs());
  }
}

/** A lease whose first renewal, sent after 3 s, is answered when the test says so. */
async function stall() {
  const clock = new StallingClock();
  const { promise, resolve: answer } = Promise.withResolvers<{ ttlMs: number }>();
  const authority: LeaseAuthority = {
    grant: async (ttlMs) => ({ id: 7n, ttlMs }),
    renew: () => promise,
    release: async () => {},
  };
  const parts = { authority, clock, chance: seededChance(1), logger: silentLogger };
  const lease = await new LeaseKeeper(parts).lease(TTL_MS);
  await clock.advanceAsync(3_000);
  return { clock, answer, lease };
}

describe('lease keeper', () => {
  it('renews every third of the ttl, valid from the moment of sending', async () => {
    const { clock, engine, lease } = await hold();
    assert.equal(lease.renewedAtMs, 0);
    assert.equal(lease.validUntilMs, validityMs(TTL_MS));
    assert.equal(validityMs(TTL_MS), 8_860, '1 % and 50 ms less');
    await clock.advanceAsync(60_000);
    assert.deepEqual(engine.sentMs.slice(0, 3), [3_000, 6_000, 9_000]);
    const last = engine.sentMs.at(-1) ?? 0;
    assert.equal(lease.renewedAtMs, last);
    assert.equal(lease.validUntilMs, last + validityMs(TTL_MS));
    assert.equal(lease.lost.aborted, false);
    await lease.release();
    assert.equal(clock.pending, 0);
  });

  it('takes no validity from an answer that lay there while the process stood still', async () => {
    const { clock, engine, lease } = await hold();
    // The third renewal is answered, and nobody reads the answer for 20 seconds.
    engine.back = 20_000;
    await clock.advanceAsync(9_500);
    const { validUntilMs } = lease;
    assert.equal(validUntilMs, 0 + validityMs(TTL_MS));
    assert.equal(lease.lost.aborted, true);
    await clock.advanceAsync(60_000);
    assert.equal(lease.validUntilMs <= validUntilMs, true, 'it never comes back');
  });

  it('reads an answer before its timers after a stall, and counts from sending all the same', async () => {
    for (const [wakesMs, isLost] of [
      [8_000, false],
      [8_900, true],
    ] as const) {
      const { clock, answer, lease } = await stall();
      clock.standsAtMs = wakesMs;
      answer({ ttlMs: TTL_MS });
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(lease.lost.aborted, isLost);
      assert.equal(lease.validUntilMs, isLost ? validityMs(TTL_MS) : 3_000 + validityMs(TTL_MS));
    }
  });

  it('does not count an answer that comes after its validity ran out', async () => {
    const { clock, engine, lease } = await hold();
    await clock.advanceAsync(2_000);
    engine.isAway = true;
    await clock.advanceAsync(6_500);
    assert.equal(lease.lost.aborted, false);
    engine.isAway = false;
    engine.back = 5_000;
    await clock.advanceAsync(400);
    assert.equal(lease.lost.aborted, true, 'confirmed over there, too late here');
    await clock.advanceAsync(20_000);
    assert.equal(lease.lost.aborted, true);
    assert.equal(clock.pending, 0);
  });

  it('tries again within what validity is left, and comes through', async () => {
    const { clock, engine, lease } = await hold();
    engine.isAway = true;
    await clock.advanceAsync(8_000);
    const tries = engine.sentMs.length;
    assert.ok(tries >= 3 && tries < 40, `${tries} renewals`);
    assert.equal(lease.renewedAtMs, 0);
    engine.isAway = false;
    await clock.advanceAsync(30_000);
    assert.equal(lease.lost.aborted, false);
    await lease.release();
  });

  it('is lost at once when the engine says so', async () => {
    const { clock, engine, lease } = await hold();
    engine.deadlineMs = 0;
    await clock.advanceAsync(3_010);
    assert.equal(lease.lost.aborted, true);
    assert.equal((lease.lost.reason as HoldfastError).code, 'LEASE_LOST');
    assert.ok(lease.validUntilMs <= clock.nowMs());
    assert.equal(clock.pending, 0);
  });

  it('releases once, also where the engine is away', async () => {
    const { clock, engine, lease } = await hold();
    engine.isAway = true;
    await Promise.all([lease.release(), lease.release()]);
    assert.equal(engine.released, 1);
    assert.equal(lease.lost.aborted, true);
    assert.equal(clock.pending, 0);
  });

  it('stops renewing when closed, without releasing', async () => {
    const { clock, engine, keeper, lease } = await hold();
    keeper.close();
    assert.equal(lease.lost.aborted, true);
    await clock.advanceAsync(60_000);
    assert.deepEqual([engine.released, engine.sentMs.length, clock.pending], [0, 0, 0]);
    await assert.rejects(keeper.lease(TTL_MS), { code: 'COORDINATION_FAILED' });
  });

  it('refuses what was granted too late, and gives it back', async () => {
    const clock = new SimulatedClock();
    const engine = new Engine(clock);
    engine.back = TTL_MS;
    const parts = { authority: engine, clock, chance: seededChance(1), logger: silentLogger };
    const leasing = assert.rejects(new LeaseKeeper(parts).lease(TTL_MS), (error) => {
      return error instanceof HoldfastError && error.code === 'COORDINATION_FAILED';
    });
    await clock.advanceAsync(20_000);
    await leasing;
    assert.equal(engine.released, 1);
  });

  it('is never valid here once the engine let others in, whatever the delays', async () => {
    const delay = fastCheck.integer({ min: 0, max: 6_000 });
    const step = fastCheck.record({ there: delay, back: delay, isAway: fastCheck.boolean() });
    const property = fastCheck.asyncProperty(
      fastCheck.array(step, { maxLength: 25 }),
      async (steps) => {
        const { clock, engine, lease } = await hold();
        for (const { there, back, isAway } of steps) {
          Object.assign(engine, { there, back, isAway });
          for (let part = 0; part < 4; part += 1) {
            await clock.advanceAsync(500);
            const nowMs = clock.nowMs();
            if (nowMs < lease.validUntilMs) assert.ok(nowMs < engine.deadlineMs, `at ${nowMs}`);
            assert.equal(lease.lost.aborted, nowMs >= lease.validUntilMs);
          }
        }
        await lease.release();
      },
    );
    await fastCheck.assert(property, { numRuns: 60, seed: 3 });
  });
});
