// Plays a dialogue: step after step until the last one held or one did not. A step that did not hold
// is told with its number, what it wanted and what came instead; what came is hidden as all text of a
// peer. Groups of the latest pattern that had any stand for `${1}` in the steps after it.

import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import { literalPattern, patternGroups } from '../judge/patterns.ts';
import type { PlannedStep } from './dialogue-plan.ts';
import type { Peer, Wait } from './peer.ts';
import { hexOf, printable } from './peer-text.ts';
import { expandTemplate } from './step-template.ts';
import type { TcpSession } from './tcp-session.ts';

/** One step that was begun, as results carry it. */
export interface StepFact {
  /** From 1. */
  step: number;
  kind: PlannedStep['kind'];
  /** When it was done, from the start of the probe; absent when it was not. */
  at_ms?: number;
  /** Of a step that sends. */
  bytes?: number;
  /** The line or the bytes that were expected and came. */
  matched?: string;
}

const SHOWN_LENGTH_MAX = 200;
const SHOWN_BYTES_MAX = 64;

export class Dialogue {
  readonly steps: StepFact[] = [];
  /** Where the step that runs began to hear. */
  stepPlace = 0;
  readonly #session: TcpSession;
  #groups: readonly string[] = [];

  constructor(session: TcpSession) {
    this.#session = session;
  }

  /** undefined = every step held. */
  async play(steps: readonly PlannedStep[]): Promise<Fault | undefined> {
    for (const [at, step] of steps.entries()) {
      const fact: StepFact = { step: at + 1, kind: step.kind };
      this.steps.push(fact);
      this.stepPlace = this.#session.peer.place;
      const failure = await this.#run(step, fact);
      if (failure !== undefined) return failure;
      fact.at_ms = this.#session.log.totalMs();
    }
    return undefined;
  }

  #run(step: PlannedStep, fact: StepFact): Promise<Fault | undefined> {
    switch (step.kind) {
      case 'send':
        return this.#send(Buffer.from(expandTemplate(step.text, this.#groups)), fact);
      case 'send_bytes':
        return this.#send(step.bytes, fact);
      case 'expect':
        return this.#expect(expandTemplate(step.pattern, this.#groups, literalPattern), fact);
      case 'expect_bytes':
        return this.#expectBytes(step.bytes, fact);
      case 'start_tls':
        return this.#session.secure();
    }
  }

  async #send(bytes: Buffer, fact: StepFact): Promise<Fault | undefined> {
    fact.bytes = bytes.length;
    const sent = await this.#peer.send(bytes);
    if (sent.kind === 'value') return undefined;
    return this.#unmet(sent, fact, `to send ${bytes.length} bytes`);
  }

  async #expect(pattern: string, fact: StepFact): Promise<Fault | undefined> {
    const peer = this.#peer;
    for (;;) {
      const line = await peer.until(() => peer.takeLine());
      const text = line.kind === 'value' ? line.value : restOf(peer, line);
      const groups = text === undefined ? undefined : patternGroups(pattern, text);
      if (text !== undefined && groups !== undefined) {
        fact.matched = printable(this.#session.redact(text), SHOWN_LENGTH_MAX);
        if (groups.length > 1) this.#groups = groups;
        return undefined;
      }
      if (line.kind !== 'value') {
        return this.#unmet(line, fact, `a line that matches "${pattern}"`);
      }
    }
  }

  async #expectBytes(wanted: Buffer, fact: StepFact): Promise<Fault | undefined> {
    const peer = this.#peer;
    const came = await peer.until(() => {
      const count = peer.takeBytes(wanted);
      if (count === undefined) return 'others';
      return count === wanted.length ? 'whole' : undefined;
    });
    const shown = hexOf(wanted, SHOWN_BYTES_MAX);
    if (came.kind !== 'value') return this.#unmet(came, fact, `the bytes ${shown}`);
    if (came.value === 'whole') {
      fact.matched = shown;
      return undefined;
    }
    return this.#fault('ASSERTION_DIALOGUE', fact, `the bytes ${shown}; ${this.#others(wanted)}.`);
  }

  #unmet(wait: Exclude<Wait<never>, { kind: 'value' }>, fact: StepFact, wanted: string): Fault {
    const heard = this.#heard();
    if (wait.kind === 'fault') {
      const { fault: broken } = wait;
      if (broken.class === 'prober') return broken;
      return {
        ...broken,
        message: `${broken.message} Step ${fact.step} wanted ${wanted}; ${heard}.`,
      };
    }
    if (wait.kind === 'full') {
      return this.#fault(
        'PROTOCOL_LIMIT_EXCEEDED',
        fact,
        `${wanted}; it was not in the ${this.#session.bytesMax} bytes that may be read, ${heard}.`,
      );
    }
    const saidOtherwise = fact.kind === 'expect' && this.#said() !== '';
    const code = saidOtherwise ? 'ASSERTION_DIALOGUE' : 'PROTOCOL_CLOSED_EARLY';
    return this.#fault(code, fact, `${wanted}; the peer closed the connection, ${heard}.`);
  }

  /** In hex nobody would find a secret that the peer says back. */
  #others(wanted: Buffer): string {
    const text = this.#peer.heardSince(this.stepPlace);
    if (this.#session.redact(text) !== text) return this.#heard();
    return `what came was ${hexOf(this.#peer.unread().subarray(0, wanted.length), SHOWN_BYTES_MAX)}`;
  }

  #heard(): string {
    const said = this.#said();
    return said === '' ? 'nothing had come' : `what came was ${JSON.stringify(said)}`;
  }

  /** What the peer said since this step began. */
  #said(): string {
    return printable(this.#session.redact(this.#peer.heardSince(this.stepPlace)), SHOWN_LENGTH_MAX);
  }

  #fault(code: FaultCode, { step }: StepFact, what: string): Fault {
    return fault(code, `Step ${step} wanted ${what}`, this.#session.log.running);
  }

  get #peer(): Peer {
    return this.#session.peer;
  }
}

/** A peer that closes may leave the end of its last line out. */
function restOf(peer: Peer, { kind }: Wait<never>): string | undefined {
  return kind === 'closed' ? peer.takeRest() : undefined;
}
