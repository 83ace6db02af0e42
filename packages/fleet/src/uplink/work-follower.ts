// What this agent is to probe: asked from the servers for as long as it is registered, handed to the
// prober whole. While no server can be reached the last work stays in force. After a lost lease the
// work is asked for anew before anything else goes out, for others may run those checks by now.

import { type Chance, type Clock, LatencySketch, type Logger, sleep } from '@holdfast/kernel';
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
/** How often we look whether the prober has taken its work, and for how long. */
const LOOK_MS = 20;
const LOOKS_MAX = 1_500;

export class WorkFollower {
  readonly #options: WorkFollowerOptions;
  readonly #registered = new Gate();
  /** Open while the work is that of our present place in the fleet. */
  readonly settled = new Gate();
  readonly #lags = new LatencySketch();
  #known: KnownWork | undefined;
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

  /** Whether there was news in it. */
  #take({ work, resources }: WorkAnswer, signal: AbortSignal): boolean {
    const before = this.#known;
    const { term, revision } = work ?? before ?? {};
    if (term === undefined || revision === undefined) return false;
    const { digest } = resources;
    const isSame =
      term === before?.term && revision === before.revision && digest === before.digest;
    // The same again comes after a new registration.
    if (work !== undefined && !isSame) this.#handOver(work);
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

  #handOver({ checks, egress, plugins, term }: AssignedWork): void {
    this.#revision += 1;
    this.#options.logger.info('Work was assigned.', { checks: checks.length, term });
    this.#options.prober.assign({ revision: this.#revision, checks, egress, plugins });
  }

  /** A prober that does not take its work goes on with the last, and nothing is told as applied. */
  async #whenApplied(resources: WorkAnswer['resources'], signal: AbortSignal): Promise<void> {
    const { clock, prober, onApplied } = this.#options;
    for (let looks = 0; prober.assignedRevision !== this.#revision; looks += 1) {
      if (looks >= LOOKS_MAX) return;
      await sleep(clock, LOOK_MS, signal);
    }
    const { revision, digest, writtenAtMs } = resources;
    const appliedAtMs = clock.wallMs();
    if (writtenAtMs !== undefined) this.#lags.add(Math.max(0, appliedAtMs - writtenAtMs));
    const lagMsP99 = this.#lags.quantile(0.99);
    onApplied({ revision, digest, appliedAtMs, ...(lagMsP99 === undefined ? {} : { lagMsP99 }) });
  }
}
