// What this agent is to probe: asked from the servers for as long as it is registered, handed to the
// prober whole. A check that goes to another agent runs on here for a moment, until it surely runs there.
// While no server can be reached the last work stays in force. After a lost lease the
// work is asked for anew before anything else goes out, for others may run those checks by now.

import {
  type Chance,
  type Clock,
  HoldfastError,
  LatencySketch,
  type Logger,
  sleep,
  type Timer,
} from '@holdfast/kernel';
import type { AssignedWork } from '@holdfast/resources/fleet';
import { Backoff } from '../backoff.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { ControlPlane, KnownWork, WorkAnswer } from './control-plane.ts';
import { Gate } from './gate.ts';
import type { MemberLink, ProberLink } from './uplink.ts';

export interface WorkFollowerOptions {
  controlPlane: Pick<ControlPlane, 'assignment'>;
  agent: string;
  member: MemberLink;
  prober: Pick<ProberLink, 'assign' | 'assignedRevision'>;
  onApplied(applied: AppliedWork): void;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

/** What is in force at the prober, with the resources that it came from. */
export interface AppliedWork {
  revision: string;
  digest: string;
  appliedAtMs: number;
  /** From written to in force, over the changes since the start. */
  lagMsP99?: number;
}

/** A server answers sooner by itself; beyond this the connection is dead. */
const ANSWER_MS_MAX = 90_000;
const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 10_000;
/** After an answer without news, so that a server without patience is not asked without a pause. */
const QUIET_MS = 250;
/** How often we look whether the prober has taken its work; twice as seldom each time, for it may be starting anew. */
const LOOK_MS = 20;
const LOOK_MS_MAX = 1_000;
/** Both agents then leave the same results, which are kept once. */
const LINGER_MS = 2_000;

export class WorkFollower {
  readonly #options: WorkFollowerOptions;
  readonly #registered = new Gate();
  /** Open while the work is that of our present place in the fleet. */
  readonly settled = new Gate();
  /** Open once the prober has taken any work: before that it measures nothing, as it knows no egress policy. */
  readonly inForce = new Gate();
  readonly #lags = new LatencySketch();
  #known: KnownWork | undefined;
  #work: AssignedWork | undefined;
  #linger: Timer | undefined;
  /** Grows with each hand-over to the prober. */
  #revision = 0;
  /** Aborted when the lease is lost: an answer on its way may be of the time before. */
  #place = new AbortController();
  /** Of the work that the prober is taking now. */
  #watch = new AbortController();

  constructor(options: WorkFollowerOptions) {
    this.#options = options;
  }

  get known(): KnownWork | undefined {
    return this.#known;
  }

  /** Until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { member, logger, clock } = this.#options;
    const backoff = new Backoff({ ...this.#options, baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS });
    const unsubscribe = member.subscribe((lease) => this.#moved(lease !== undefined));
    this.#moved(member.lease !== undefined);
    let failing = false;
    while (!signal.aborted) {
      try {
        await this.#registered.whenOpen(signal);
        const place = this.#place.signal;
        const answer = await this.#ask(AbortSignal.any([signal, place]));
        if (place.aborted) continue;
        const isNews = this.#take(answer, signal);
        backoff.reset();
        failing = false;
        if (!isNews) await sleep(clock, QUIET_MS, signal);
      } catch (error) {
        if (signal.aborted) break;
        if (this.#registered.isOpen && !failing) {
          failing = true;
          logger.warn('No server tells what to probe; the last work stays in force.', { error });
        }
        await backoff.wait(signal);
      }
    }
    this.#linger?.cancel();
    unsubscribe();
  }

  #moved(isRegistered: boolean): void {
    if (isRegistered) {
      this.#registered.open();
      return;
    }
    this.#registered.shut();
    this.settled.shut();
    this.#place.abort();
    this.#place = new AbortController();
  }

  #ask(signal: AbortSignal): Promise<WorkAnswer> {
    const { controlPlane, agent, clock } = this.#options;
    const known = this.settled.isOpen ? this.#known : undefined;
    const late = 'No server answered in time';
    return withTimeLimit({ clock, limitMs: ANSWER_MS_MAX, late }, signal, (limit) =>
      controlPlane.assignment(agent, known, limit),
    );
  }

  /** Whether there was news in it. Throws for work that is older than what is in force. */
  #take({ work, resources }: WorkAnswer, signal: AbortSignal): boolean {
    const before = this.#known;
    const { term, revision } = work ?? before ?? {};
    if (term === undefined || revision === undefined) return false;
    const { digest } = resources;
    const isSame =
      term === before?.term && revision === before.revision && digest === before.digest;
    // A server that has lost the store tells what it saw last; after a new registration another store may count.
    if (work !== undefined && this.settled.isOpen && revision < (before?.revision ?? 0))
      throw outdated(revision, before?.revision ?? 0);
    // The same again comes after a new registration.
    if (work !== undefined && !isSame) this.#handOver(work, digest === before?.digest);
    this.#known = { term, revision, digest };
    this.settled.open();
    if (isSame) return false;
    this.#watch.abort();
    this.#watch = new AbortController();
    const either = AbortSignal.any([signal, this.#watch.signal]);
    // Aborted by newer work, or with us: then there is nothing to tell.
    this.#whenApplied(resources, either).catch(() => {});
    return true;
  }

  /** `moved`: the resources are the same, so what is missing now is another agent's. */
  #handOver(work: AssignedWork, moved: boolean): void {
    const { checks, term } = work;
    const before = moved ? (this.#work?.checks ?? []) : [];
    const kept = new Set(checks.map(nameOf));
    const leaving = before.filter((check) => !kept.has(nameOf(check)));
    this.#options.logger.info('Work was assigned.', { checks: checks.length, term });
    this.#work = work;
    this.#linger?.cancel();
    this.#assign({ ...work, checks: [...checks, ...leaving] });
    if (leaving.length === 0) return;
    this.#linger = this.#options.clock.after(LINGER_MS, () => this.#assign(work));
  }

  #assign({ checks, egress, plugins }: AssignedWork): void {
    this.#revision += 1;
    this.#options.prober.assign({ revision: this.#revision, checks, egress, plugins });
  }

  /** Until the prober takes its work it goes on with the last, and nothing is told as applied. */
  async #whenApplied(resources: WorkAnswer['resources'], signal: AbortSignal): Promise<void> {
    const { clock, prober, onApplied } = this.#options;
    for (let pauseMs = LOOK_MS; prober.assignedRevision !== this.#revision; pauseMs *= 2)
      await sleep(clock, Math.min(pauseMs, LOOK_MS_MAX), signal);
    this.inForce.open();
    const { revision, digest, writtenAtMs } = resources;
    const appliedAtMs = clock.wallMs();
    if (writtenAtMs !== undefined) this.#lags.add(Math.max(0, appliedAtMs - writtenAtMs));
    const lagMsP99 = this.#lags.quantile(0.99);
    onApplied({ revision, digest, appliedAtMs, ...(lagMsP99 === undefined ? {} : { lagMsP99 }) });
  }
}

function nameOf({ namespace, name }: AssignedWork['checks'][number]): string {
  return `${namespace}/${name}`;
}

function outdated(told: number, known: number): HoldfastError {
  return new HoldfastError(
    'COORDINATION_FAILED',
    `A server told of the assignment of revision ${told}, when that of ${known} was in force already.`,
    'Look at that server: it has lost the store, or lags behind it.',
  );
}
