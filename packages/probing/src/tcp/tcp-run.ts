// One TCP measurement that goes beyond connecting: TLS from the start or after a talk, what the peer
// says first, a dialogue. It never throws for what the target does, and leaves no socket behind.

import type { Fault } from '@holdfast/kernel';
import type { TcpSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { untilAborted } from '../abort.ts';
import { reach } from '../dial/reach.ts';
import { PhaseLog } from '../phase-log.ts';
import type { Observation, ProbeContext } from '../prober.ts';
import { type Banner, readBanner } from './banner.ts';
import { Dialogue } from './dialogue.ts';
import { fillDialogue, type PlannedStep } from './dialogue-plan.ts';
import { printable } from './peer-text.ts';
import { TcpSession } from './tcp-session.ts';

export interface TcpObservation extends Observation {
  /** What the peer said first, as UTF-8, for judging; absent when it was not asked for. */
  banner?: string;
  /** What the peer said when it was not what was expected. */
  peerText?: string;
  /** Wall time at the end of the measurement. */
  atMs: number;
}

const SHOWN_LENGTH_MAX = 512;

export class TcpRun {
  readonly #spec: TcpSpec;
  readonly #context: ProbeContext;
  readonly #log: PhaseLog;
  readonly #facts: ResultContext = {};
  readonly #detail: Record<string, unknown> = {};
  #banner: string | undefined;
  #peerText: string | undefined;

  constructor(spec: TcpSpec, context: ProbeContext) {
    this.#spec = spec;
    this.#context = context;
    this.#log = new PhaseLog(context);
  }

  /** To be called once. */
  async run(): Promise<TcpObservation> {
    const failure = await this.#measure();
    const observation: TcpObservation = {
      totalMs: this.#log.totalMs(),
      phases: this.#log.phases,
      context: this.#facts,
      detail: this.#detail,
      atMs: this.#context.clock.wallMs(),
    };
    if (failure !== undefined) observation.fault = failure;
    if (this.#banner !== undefined) observation.banner = this.#banner;
    if (this.#peerText !== undefined) observation.peerText = this.#peerText;
    return observation;
  }

  async #measure(): Promise<Fault | undefined> {
    const { secrets, signal } = this.#context;
    const steps =
      this.#spec.dialogue === undefined
        ? ({ ok: true, value: [] } as const)
        : await untilAborted(fillDialogue(this.#spec, secrets), signal);
    if (!steps.ok) return steps.fault;
    const reached = await reach(this.#spec, this.#context, this.#log, this.#facts);
    if (!reached.ok) return reached.fault;
    const { value: connection } = reached;
    const session = new TcpSession(this.#spec, this.#context, connection, this.#log, this.#facts);
    this.#detail.ip = connection.address.ip;
    this.#detail.port = this.#spec.port;
    const failure = await this.#talk(session, steps.value);
    this.#log.end();
    await session.close(failure === undefined);
    return failure;
  }

  async #talk(session: TcpSession, steps: readonly PlannedStep[]): Promise<Fault | undefined> {
    return (
      (this.#spec.secure === true ? await session.secure() : undefined) ??
      (await this.#readBanner(session)) ??
      (await session.startTls()) ??
      (steps.length === 0 ? undefined : await this.#play(session, steps))
    );
  }

  async #readBanner(session: TcpSession): Promise<Fault | undefined> {
    const { bannerMs } = this.#spec;
    if (bannerMs === undefined) return undefined;
    const read = await readBanner(session.peer, bannerMs, this.#context.clock);
    this.#keepBanner(read.banner, session);
    return read.fault;
  }

  #keepBanner({ bytes, recognized }: Banner, session: TcpSession): void {
    this.#banner = bytes.toString('utf8');
    if (bytes.length === 0) return;
    this.#detail.banner = printable(session.redact(this.#banner), SHOWN_LENGTH_MAX);
    if (recognized !== undefined) this.#detail.recognized = recognized;
  }

  async #play(session: TcpSession, steps: readonly PlannedStep[]): Promise<Fault | undefined> {
    const dialogue = new Dialogue(session);
    const failure = await dialogue.play(steps);
    this.#detail.steps = dialogue.steps;
    const said = failure && session.peer.heardSince(dialogue.stepPlace);
    if (said) this.#peerText = printable(session.redact(said), SHOWN_LENGTH_MAX);
    return failure;
  }
}
