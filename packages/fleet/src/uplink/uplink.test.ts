import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError, seededChance, silentLogger, sleep } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { RunOrder } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';
import { passUntil, passWhile, sampleResult } from '../testing/parts.ts';
import {
  type AppliedWork,
  type ControlPlane,
  type KnownWork,
  type ProberLink,
  Spool,
  startUplink,
} from './uplink.ts';

const PATIENCE_MS = 20_000;

/** A server as the agent sees it: what it assigns, what it got, and whether it can be reached. */
class Server implements ControlPlane {
  readonly clock: SimulatedClock;
  isAway = false;
  revision = 1;
  digest = 'a';
  checks: CompiledCheck[] = [];
  readonly asked: (KnownWork | undefined)[] = [];
  readonly batches: string[][] = [];
  readonly outcomes: { run: string; result?: ProbeResult; problem?: string }[] = [];
  readonly waitingOrders: RunOrder[] = [];
  reports = 0;

  constructor(clock: SimulatedClock) {
    this.clock = clock;
  }

  async assignment(_agent: string, known: KnownWork | undefined, signal: AbortSignal) {
    this.asked.push(known);
    const resources = () => ({ revision: String(this.revision), digest: this.digest });
    for (const untilMs = this.clock.nowMs() + PATIENCE_MS; ; await sleep(this.clock, 50, signal)) {
      this.#reach();
      if (known?.revision !== this.revision) {
        const egress = { deny: [], allow: [] };
        const { revision, checks } = this;
        return {
          work: { term: '7', revision, checks, egress, plugins: [] },
          resources: resources(),
        };
      }
      const isNews = known.digest !== this.digest;
      if (isNews || this.clock.nowMs() >= untilMs) return { resources: resources() };
    }
  }

  async deliver({ results }: { results: ProbeResult[] }, signal: AbortSignal) {
    await sleep(this.clock, 10, signal);
    this.#reach();
    if (results.some(({ status }) => status === 'invalid'))
      throw new HoldfastError('USAGE', 'A row cannot be kept.', 'Mend it.');
    this.batches.push(results.map(({ key }) => key.check));
  }

  async *orders(_agent: string, signal: AbortSignal) {
    for (;;) {
      this.#reach();
      const order = this.waitingOrders.shift();
      if (order === undefined) await sleep(this.clock, 50, signal);
      else yield order;
    }
  }

  async finish(_agent: string, outcome: { run: string; result?: ProbeResult; problem?: string }) {
    this.#reach();
    this.outcomes.push(outcome);
  }

  async report() {
    this.#reach();
    this.reports += 1;
  }

  #reach(): void {
    if (this.isAway) throw new HoldfastError('SERVER_UNREACHABLE', 'No server answered.', 'Wait.');
  }
}

/** A place in the fleet that the test takes and gives. */
class Place {
  lease: object | undefined = {};
  readonly #listeners = new Set<(lease: object | undefined) => void>();

  subscribe(listener: (lease: object | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  set(lease: object | undefined): void {
    this.lease = lease;
    for (const listener of this.#listeners) listener(lease);
  }
}

/** `takesWorkMs`: so long after work was assigned the prober has taken it. */
async function openAgent({ takesWorkMs = 300 } = {}) {
  const clock = new SimulatedClock();
  const server = new Server(clock);
  const member = new Place();
  const spool = await Spool.open({ clock, logger: silentLogger });
  const assigned: number[] = [];
  const applied: AppliedWork[] = [];
  let onResults: (results: readonly ProbeResult[]) => Promise<void> = async () => {};
  let assignedRevision = 0;
  const link: ProberLink = {
    assign: ({ revision, checks }) => {
      assigned.push(checks.length);
      clock.after(takesWorkMs, () => {
        assignedRevision = revision;
      });
    },
    get assignedRevision() {
      return assignedRevision;
    },
    try: async ({ name }) => {
      if (assignedRevision === 0)
        throw new HoldfastError('AGENT_FAILED', 'The agent is not there.', 'Wait.');
      if (name === 'refused') throw new HoldfastError('BUSY', 'Four are tried already.', 'Wait.');
      return sampleResult(77);
    },
    summary: () => ({}) as ReturnType<ProberLink['summary']>,
    close: async () => {
      await onResults([sampleResult(999)]);
    },
  };
  const uplink = startUplink({
    agent: 'fra-1',
    location: 'fra',
    controlPlane: server,
    member,
    spool,
    startProber: (listener) => {
      onResults = listener;
      return link;
    },
    onApplied: (one) => applied.push(one),
    clock,
    chance: seededChance(3),
    logger: silentLogger,
  });
  const measure = (from: number, to: number) => {
    for (let number = from; number < to; number += 1) void onResults([sampleResult(number)]);
  };
  return { clock, server, member, spool, assigned, applied, uplink, measure };
}

function names(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `check-${from + index}`);
}

const CHECK = { name: 'shop' } as CompiledCheck;

test('work comes down, is told as applied once it is in force, and results go up in order', async () => {
  const { clock, server, assigned, applied, uplink, measure } = await openAgent();
  server.checks = [CHECK];
  assert.equal(uplink.status().state, 'registering');
  await passUntil(clock, () => assigned.length === 1);
  assert.equal(applied.length, 0, 'the prober has not taken it yet');
  await passUntil(clock, () => applied.length === 1);
  assert.equal(applied[0]?.digest, 'a');
  measure(0, 700);
  await passUntil(clock, () => server.batches.flat().length === 700);
  assert.deepEqual(server.batches.flat(), names(0, 700));
  assert.ok(server.batches.every((batch) => batch.length <= 500));
  server.digest = 'b';
  await passUntil(clock, () => applied.length === 2);
  assert.equal(assigned.length, 1, 'the same work is not handed over again');
  server.revision = 2;
  await passUntil(clock, () => assigned.length === 2);
  assert.deepEqual(uplink.status(), { state: 'settled', term: '7', buffered: 0, shed: 0 });
  assert.ok(server.reports > 0);
  await passWhile(clock, uplink.close());
});

test('through an outage probing goes on, and everything is delivered after it, in order', async () => {
  const { clock, server, assigned, uplink, measure } = await openAgent();
  await passUntil(clock, () => uplink.status().state === 'settled');
  server.isAway = true;
  measure(0, 300);
  await clock.advanceAsync(60_000);
  measure(300, 900);
  await clock.advanceAsync(60_000);
  assert.deepEqual(uplink.status(), { state: 'away', term: '7', buffered: 900, shed: 0 });
  assert.equal(assigned.length, 1, 'the last work stays in force');
  server.isAway = false;
  await passUntil(clock, () => uplink.status().buffered === 0, 15_000);
  assert.deepEqual(server.batches.flat(), names(0, 900));
  await passWhile(clock, uplink.close());
});

test('an agent that lost its lease delivers nothing until it has asked for its work anew', async () => {
  const { clock, server, member, uplink, measure } = await openAgent();
  await passUntil(clock, () => uplink.status().state === 'settled');
  member.set(undefined);
  measure(0, 5);
  await clock.advanceAsync(60_000);
  assert.deepEqual(server.batches, []);
  const asked = server.asked.length;
  server.isAway = true;
  member.set({});
  await clock.advanceAsync(30_000);
  assert.deepEqual(server.batches, [], 'registered, and still without an answer');
  server.isAway = false;
  await passUntil(clock, () => server.batches.length === 1, 15_000);
  assert.equal(server.asked.slice(asked).at(0), undefined, 'as if it knew nothing');
  await passWhile(clock, uplink.close());
});

test('work that is older than what is in force is refused, until the agent has a new place', async () => {
  const { clock, server, member, assigned, uplink } = await openAgent();
  server.revision = 7;
  server.checks = [CHECK];
  await passUntil(clock, () => assigned.at(-1) === 1);
  const before = assigned.length;
  // Another server answers, which lost the store a while ago.
  server.revision = 5;
  server.checks = [];
  await clock.advanceAsync(30_000);
  assert.equal(assigned.length, before);
  server.revision = 8;
  await passUntil(clock, () => assigned.length === before + 1, 15_000);
  member.set(undefined);
  // The store was wiped meanwhile: its revisions begin anew.
  server.revision = 2;
  member.set({});
  await passUntil(clock, () => assigned.length === before + 2, 15_000);
  await passWhile(clock, uplink.close());
});

test('a result that no store takes is given up alone', async () => {
  const { clock, server, spool, uplink, measure } = await openAgent();
  await passUntil(clock, () => uplink.status().state === 'settled');
  measure(0, 20);
  spool.push({ ...sampleResult(20), status: 'invalid' });
  measure(21, 40);
  await passUntil(clock, () => uplink.status().buffered === 0);
  assert.deepEqual(server.batches.flat(), [...names(0, 20), ...names(21, 40)]);
  assert.equal(uplink.status().shed, 1);
  await passWhile(clock, uplink.close());
});

test('ordered runs are measured, and what cannot be measured says why', async () => {
  const { clock, server, uplink } = await openAgent();
  const orders = Array.from({ length: 9 }, (_, run) => ({ run: `r${run}`, check: CHECK }));
  server.waitingOrders.push(...orders, { run: 'no', check: { ...CHECK, name: 'refused' } });
  await passUntil(clock, () => server.outcomes.length === 10);
  assert.equal(server.outcomes.filter(({ result }) => result !== undefined).length, 9);
  assert.deepEqual(server.outcomes.at(-1), { run: 'no', problem: 'Four are tried already.' });
  server.isAway = true;
  await clock.advanceAsync(30_000);
  server.isAway = false;
  server.waitingOrders.push({ run: 'later', check: CHECK });
  await passUntil(clock, () => server.outcomes.length === 11, 15_000);
  await passWhile(clock, uplink.close());
});

test('runs are ordered of an agent only once its prober has taken work, however late that is', async () => {
  const { clock, server, applied, uplink } = await openAgent({ takesWorkMs: 120_000 });
  server.waitingOrders.push({ run: 'early', check: CHECK });
  await passUntil(clock, () => uplink.status().state === 'settled');
  await clock.advanceAsync(100_000);
  assert.deepEqual([server.waitingOrders.length, applied.length], [1, 0]);
  await passUntil(clock, () => server.outcomes.length === 1);
  assert.ok(server.outcomes[0]?.result, 'it was not answered with a failure before');
  assert.equal(applied.length, 1, 'told as applied, however late');
  await passWhile(clock, uplink.close());
});

test('closing delivers what waits, the last results too, and does not wait for a server that is away', async () => {
  const near = await openAgent();
  await passUntil(near.clock, () => near.uplink.status().state === 'settled');
  near.measure(0, 3);
  await passWhile(near.clock, near.uplink.close());
  const delivered = new Set(near.server.batches.flat());
  assert.deepEqual(delivered, new Set([...names(0, 3), 'check-999']));
  const far = await openAgent();
  await passUntil(far.clock, () => far.uplink.status().state === 'settled');
  far.server.isAway = true;
  const startMs = far.clock.nowMs();
  await passWhile(far.clock, far.uplink.close());
  assert.ok(far.clock.nowMs() - startMs < 5_000);
});
