// A fleet on a clock of its own: servers that elect and assign, agents that come, stop, go on and die,
// in the real code over an embedded store. What the store takes is judged as it comes: never a write
// of assignments but by the leader of that moment. After quiet each check runs on exactly one live
// agent of each location. One seed is one course of events.

import {
  type Coordination,
  type Entry,
  TRANSACTION_OPERATIONS_MAX,
} from '@holdfast/engines/coordination';
import { openEmbeddedCoordination } from '@holdfast/engines/embedded';
import { KEYS } from '@holdfast/engines/keys';
import { type Election, startElection } from '@holdfast/engines/leader';
import { type Chance, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { type AssignableCheck, assignChecks } from '../assignment/assign-checks.ts';
import { type AssignmentWriter, startAssignmentWriter } from '../assignment/assignment-writer.ts';
import { followFleet, joinFleet } from '../membership/membership.ts';
import { decodeAssignment } from '../membership/record.ts';
import { coordinationOf, SimulatedProcess } from './simulated-process.ts';

const LEASE_MS = 3_000;
const LOCATIONS = ['fra', 'nyc'];
const SERVERS = 3;
const AGENTS = 6;
const CHECKS = 12;
const STEPS = 12;
const STEP_MS_MAX = 3_000;
const STOP_MS_MAX = 8_000;
const WAY_MS_MAX = 30;
/** One of so many writers is stopped in the act. */
const STOPS_WRITING = 5;
/** A new leader (a lease and a second), an agent's lease, its grace, a second place for retries. */
const QUIET_MS = 4 * LEASE_MS + 6_000;
/** After which a leader leads, whatever was before. */
const CALM_MS = 3 * LEASE_MS;

export interface FleetSimulation {
  seed: number;
  /** Assignments that the store took. */
  writes: number;
  /** Leaders that wrote. */
  terms: number;
  /** Deaths of agents under one leader, each with its checks elsewhere within two leases. */
  moves: number;
}

/** Throws, with the seed in its message, when a promise of the fleet is broken. */
export async function simulateFleet(seed: number): Promise<FleetSimulation> {
  const world = await FleetWorld.open(seed);
  try {
    for (let step = 0; step < STEPS; step += 1) await world.step();
    await world.quiet();
    return { seed, ...world.told };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Seed ${seed}: ${reason}`, { cause: error });
  } finally {
    await world.close();
  }
}

interface Node {
  id: string;
  location: string;
  process: SimulatedProcess;
  isDead: boolean;
}

class FleetWorld {
  readonly #chance: Chance;
  readonly #clock: SimulatedClock;
  readonly #store: Coordination;
  readonly #judge: WriteJudge;
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  readonly #agents: Node[] = [];
  readonly #servers: Node[] = [];
  readonly #checks: AssignableCheck[] = Array.from({ length: CHECKS }, (_, index) => ({
    namespace: 'default',
    name: `check-${index}`,
    paused: false,
    ...(index % 3 === 0 ? { locations: ['fra'] } : {}),
  }));
  /** Since when nothing happened to a server or to the agents that are there, but the death itself. */
  #calmSinceMs = 0;
  #moves = 0;
  #isQuiet = false;

  private constructor(seed: number, clock: SimulatedClock, store: Coordination) {
    this.#chance = seededChance(seed);
    this.#clock = clock;
    this.#store = store;
    this.#judge = new WriteJudge();
    this.#watching = this.#judge.follow(store, this.#closing.signal);
  }

  static async open(seed: number): Promise<FleetWorld> {
    const clock = new SimulatedClock();
    const parts = { clock, chance: seededChance(seed), logger: silentLogger };
    const world = new FleetWorld(seed, clock, await openEmbeddedCoordination(parts));
    for (let number = 0; number < SERVERS; number += 1) world.#startServer(`server-${number}`);
    for (let number = 0; number < AGENTS; number += 1) world.#startAgent(number);
    await clock.advanceAsync(QUIET_MS);
    return world;
  }

  get told(): Omit<FleetSimulation, 'seed'> {
    return { writes: this.#judge.writes, terms: this.#judge.terms.size, moves: this.#moves };
  }

  async step(): Promise<void> {
    const pick = this.#chance.integer(10);
    if (pick < 2) this.#kill(this.#servers);
    else if (pick < 4) this.#stopFor(this.#servers);
    else if (pick < 6) await this.#agentDies();
    else if (pick < 8) this.#stopFor(this.#agents);
    else this.#revive();
    await this.#clock.advanceAsync(this.#chance.integer(STEP_MS_MAX));
    this.#judge.assertGood();
  }

  /** Everybody lives or is dead; then each check has its one agent at each location that has any. */
  async quiet(): Promise<void> {
    this.#isQuiet = true;
    for (const { isDead, process } of [...this.#servers, ...this.#agents])
      if (!isDead) process.continue();
    if (this.#servers.every(({ isDead }) => isDead)) this.#revive(this.#servers);
    await this.#clock.advanceAsync(QUIET_MS);
    this.#judge.assertGood();
    const { entries } = await this.#store.list(KEYS.assignments);
    const stands = new Map(
      entries.map(decodeAssignment).map(({ agent, checks }) => [agent, checks]),
    );
    const live = this.#agents.filter(({ isDead }) => !isDead);
    const wanted = assignChecks(this.#checks, live).byAgent;
    const text = (map: Map<string, readonly string[]>) => JSON.stringify([...map].sort());
    if (text(stands) !== text(wanted))
      throw new Error(`After quiet ${text(stands)} is assigned, and not ${text(wanted)}.`);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
    await this.#store.close();
  }

  /** With a leader that lives and nothing else going on, its checks must be elsewhere within two leases. */
  async #agentDies(): Promise<void> {
    const isCalm = this.#clock.nowMs() - this.#calmSinceMs >= CALM_MS;
    const isLed = this.#servers.some(({ isDead }) => !isDead);
    const victim = this.#kill(this.#agents);
    if (victim === undefined || !isCalm || !isLed) return;
    const calmSinceMs = this.#calmSinceMs;
    await this.#clock.advanceAsync(2 * LEASE_MS);
    // The leader was stopped as it wrote: then the next one takes its time too.
    if (this.#calmSinceMs !== calmSinceMs) return;
    if ((await this.#store.get(KEYS.assignment(victim.id))) !== undefined)
      throw new Error(`${victim.id} died, and still has its checks after two leases.`);
    this.#moves += 1;
  }

  #kill(nodes: Node[]): Node | undefined {
    const living = nodes.filter(({ isDead }) => !isDead);
    const victim = living[this.#chance.integer(Math.max(1, living.length))];
    if (victim === undefined) return undefined;
    victim.isDead = true;
    victim.process.stop();
    this.#calmSinceMs = this.#clock.nowMs();
    return victim;
  }

  #stopFor(nodes: Node[]): void {
    const node = nodes[this.#chance.integer(nodes.length)];
    if (node === undefined || node.process.isStopped || this.#isQuiet) return;
    node.process.stop();
    const restMs = this.#chance.integer(STOP_MS_MAX);
    this.#calmSinceMs = this.#clock.nowMs() + restMs;
    this.#clock.after(restMs, () => {
      if (!node.isDead) node.process.continue();
    });
  }

  /** A new process takes the dead one's name. */
  #revive(nodes = this.#chance.integer(2) === 0 ? this.#servers : this.#agents): void {
    const dead = nodes.filter(({ isDead }) => isDead);
    const node = dead[this.#chance.integer(Math.max(1, dead.length))];
    if (node === undefined) return;
    nodes.splice(nodes.indexOf(node), 1);
    this.#calmSinceMs = this.#clock.nowMs();
    if (nodes === this.#servers) this.#startServer(node.id);
    else this.#startAgent(Number(node.id.slice('agent-'.length)));
  }

  #startAgent(number: number): void {
    const id = `agent-${number}`;
    const location = LOCATIONS[number % LOCATIONS.length] ?? '';
    const node = this.#node(id, location);
    this.#agents.push(node);
    const record = { id, location, version: '1.0.0', startedAtMs: this.#clock.wallMs() };
    const waitMs = 10 * LEASE_MS;
    const key = KEYS.agent(location, id);
    const joined = joinFleet({ ...this.#partsOf(node), key, record, leaseMs: LEASE_MS, waitMs });
    joined.catch((error) => this.#judge.blame(error));
  }

  #startServer(id: string): void {
    const node = this.#node(id, '');
    this.#servers.push(node);
    this.#serve(node).catch((error) => this.#judge.blame(error));
  }

  async #serve(node: Node): Promise<void> {
    const parts = this.#partsOf(node);
    const fleet = followFleet(parts);
    await fleet.ready;
    let writer: AssignmentWriter | undefined;
    const lead = ({ leadership }: Election) => {
      if (leadership === undefined || writer !== undefined) return;
      const checks = () => ({ checks: this.#checks, revision: '1' });
      const begun = startAssignmentWriter({
        ...parts,
        leadership,
        fleet,
        checks,
        leaseMs: LEASE_MS,
      });
      writer = begun;
      void begun.ended.then(() => {
        writer = undefined;
        lead(election);
      });
    };
    const candidate = { id: node.id, url: `http://${node.id}` };
    const election = startElection({
      ...parts,
      role: 'server',
      candidate,
      leaseMs: LEASE_MS,
      onChange: lead,
    });
  }

  #node(id: string, location: string): Node {
    return { id, location, process: new SimulatedProcess(this.#clock), isDead: false };
  }

  #partsOf(node: Node) {
    const { process } = node;
    const coordination = coordinationOf(process, this.#store, (transaction) => {
      const writes = transaction.then.some(({ key }) => key.startsWith(KEYS.assignments));
      // Where it hurts most: it has proven that it leads, and its write is on the way.
      if (writes && this.#chance.integer(STOPS_WRITING) === 0) this.#stopFor([node]);
      return this.#chance.integer(WAY_MS_MAX);
    });
    const chance = seededChance(this.#chance.integer(2 ** 32));
    return { coordination, clock: process, chance, logger: silentLogger };
  }
}

/** Looks at each transaction that the store took. */
class WriteJudge {
  readonly terms = new Set<string>();
  writes = 0;
  #leaderTerm: bigint | undefined;
  #fault: Error | undefined;

  assertGood(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  blame(error: unknown): void {
    this.#fault ??= error instanceof Error ? error : new Error(String(error));
  }

  async follow(store: Coordination, signal: AbortSignal): Promise<void> {
    try {
      for await (const { changes } of store.watch(KEYS.root, 1n, signal)) {
        const puts: Entry[] = [];
        for (const change of changes) {
          const key = change.type === 'put' ? change.entry.key : change.key;
          if (key === KEYS.leader('server'))
            this.#leaderTerm = change.type === 'put' ? change.entry.createRevision : undefined;
          if (change.type === 'put' && key.startsWith(KEYS.assignments)) puts.push(change.entry);
        }
        for (const entry of puts) this.#look(decodeAssignment(entry).term);
        if (puts.length > TRANSACTION_OPERATIONS_MAX) this.blame('A transaction is too large.');
      }
    } catch (error) {
      if (!signal.aborted) this.blame(error);
    }
  }

  #look(term: string): void {
    this.writes += 1;
    this.terms.add(term);
    if (term !== String(this.#leaderTerm))
      this.blame(`Term ${term} wrote while ${this.#leaderTerm} led.`);
  }
}
