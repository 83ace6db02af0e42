// One run of one check, from its start to its result. It owns the deadline: when that passes, the
// signal that everything below listens to is aborted with the fault. Should a prober not come back
// then, the run ends without it after a grace time.

import {
  type Clock,
  type Fault,
  fault,
  type PhaseName,
  type Span,
  type Timer,
  type Tracer,
} from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Phase, ProbeResult } from '@holdfast/resources/result';
import { judgeFault } from './judge/fault-judge.ts';
import type { PhaseLimits } from './phase-log.ts';
import { resolvePinned } from './pinned-address.ts';
import type { RunPlan } from './probe-runner.ts';
import type { Dial, Judgement, Observation, ProbeContext, Prober, Resolve } from './prober.ts';
import { PROBERS } from './probers.ts';
import { redactAll } from './redaction.ts';
import type { Placed } from './running-runs.ts';
import { RunSecrets, type SecretSources } from './secrets.ts';

/** What all runs of one runner share. */
export interface RunParts {
  clock: Clock;
  tracer: Tracer;
  agent: string;
  location: string;
  resolve: Resolve;
  dial: Dial;
  secretSources: SecretSources;
  loopLag: () => number;
}

/** An aborted prober has only its socket to destroy; one that needs longer is at fault itself. */
const GRACE_MS = 1000;

export class ProbeRun implements Placed {
  /** Never rejects. */
  readonly result: Promise<ProbeResult>;
  place = 0;
  readonly #parts: RunParts;
  readonly #check: CompiledCheck;
  readonly #plan: RunPlan;
  readonly #secrets: RunSecrets;
  readonly #span: Span;
  readonly #controller = new AbortController();
  #startedAtMs = 0;
  #startMs = 0;
  /** The deadline; after it the grace time. */
  #timer: Timer | undefined;
  #ended = false;
  #giveUp: (() => void) | undefined;

  constructor(parts: RunParts, check: CompiledCheck, plan: RunPlan) {
    this.#parts = parts;
    this.#check = check;
    this.#plan = plan;
    this.#secrets = new RunSecrets(parts.secretSources);
    this.#span = parts.tracer.start('probe', { check: check.name, kind: check.spec.kind });
    this.#start();
    this.result = this.#runToEnd();
  }

  /** Ends the run at once; its result is invalid. */
  callOff(): void {
    this.#abort(fault('PROBER_CALLED_OFF', 'The run was called off.'));
  }

  async #runToEnd(): Promise<ProbeResult> {
    const result = await this.#run();
    this.#ended = true;
    this.#timer?.cancel();
    this.#span.set({ status: result.status });
    this.#span.end(result.fault?.message);
    return result;
  }

  async #run(): Promise<ProbeResult> {
    const { spec } = this.#check;
    const prober = PROBERS.get(spec.kind);
    if (prober === undefined) return this.#unmeasured(unknownKind(spec.kind));
    try {
      const preparing = prober.prepare?.(spec);
      if (preparing !== undefined) {
        const unprepared = await preparing;
        if (unprepared !== undefined) return this.#unmeasured(unprepared);
      }
      // What was loaded for the first run of a check is no part of the target's time.
      this.#start();
      const observation = await this.#measure(prober);
      return this.#build(observation, prober.judge(observation, spec));
    } catch (error) {
      return this.#unmeasured(failureOf(error));
    }
  }

  #start(): void {
    this.#startedAtMs = this.#parts.clock.wallMs();
    this.#startMs = this.#parts.clock.nowMs();
  }

  #measure(prober: Prober): Promise<Observation> {
    const { clock } = this.#parts;
    const { timeoutMs, spec } = this.#check;
    if (!this.#controller.signal.aborted) {
      this.#timer = clock.after(timeoutMs, () => this.#abort(deadlineFault(timeoutMs)));
    }
    return new Promise((resolve, reject) => {
      this.#giveUp = () => reject(new Error('the prober did not stop when it was told to'));
      prober.measure(spec, this.#context()).then(resolve, reject);
    });
  }

  #abort(reason: Fault): void {
    if (this.#ended || this.#controller.signal.aborted) return;
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(GRACE_MS, () => this.#giveUp?.());
    this.#controller.abort(reason);
  }

  #context(): ProbeContext {
    const { clock, dial, resolve } = this.#parts;
    const { pinnedAddress, phaseLimitsMs } = this.#check;
    const context = {
      clock,
      resolve: pinnedAddress === undefined ? resolve : resolvePinned(resolve, pinnedAddress),
      dial,
      secrets: this.#secrets,
      signal: this.#controller.signal,
      deadlineMs: this.#startMs + this.#check.timeoutMs,
      ...(phaseLimitsMs === undefined ? {} : { phaseLimits: this.#limits(phaseLimitsMs) }),
    };
    const { traceparent } = this.#span;
    return traceparent === '' ? context : { ...context, traceparent };
  }

  #limits(limitsMs: PhaseLimits['limitsMs']): PhaseLimits {
    const exceeded = (phase: PhaseName, limitMs: number) => {
      const message = `The limit of ${limitMs} ms for the ${phase} phase passed.`;
      this.#abort(fault('TIMEOUT_PHASE', message, phase));
    };
    return { limitsMs, exceeded };
  }

  #unmeasured(reason: Fault): ProbeResult {
    const totalMs = this.#parts.clock.nowMs() - this.#startMs;
    return this.#build({ totalMs, phases: [], context: {}, detail: {} }, judgeFault(reason));
  }

  #build(observation: Observation, judgement: Judgement): ProbeResult {
    const { namespace, name, spec, target, pinnedAddress } = this.#check;
    const { plannedAtMs, attempt, startedLateMs } = this.#plan;
    const { agent, location, loopLag } = this.#parts;
    const traceId = this.#span.traceparent.split('-')[1];
    const { totalMs, phases, context, detail } = observation;
    const result: ProbeResult = {
      key: { namespace, check: name, location, plannedAtMs, attempt },
      kind: spec.kind,
      target,
      agent,
      startedAtMs: this.#startedAtMs,
      scheduleLagMs: startedLateMs,
      loopLagMs: loopLag(),
      status: judgement.status,
      totalMs,
      phases: pinnedAddress === undefined ? phases : phases.filter(isMeasured),
      context: traceId === undefined ? context : { ...context, traceId },
      detail: judgement.detail === undefined ? detail : { ...detail, ...judgement.detail },
    };
    if (judgement.fault !== undefined) result.fault = judgement.fault;
    return this.#secrets.any ? this.#redacted(result) : result;
  }

  /** What could hold text of the check or of the target; words of ours are never touched. */
  #redacted(result: ProbeResult): ProbeResult {
    const redact = (text: string) => this.#secrets.redact(text);
    const { target, context, detail, fault: found } = result;
    const hidden = redactAll({ target, context, detail }, redact);
    if (found === undefined) return { ...result, ...hidden };
    return { ...result, ...hidden, fault: { ...found, message: redact(found.message) } };
  }
}

/** Under a pinned address the target's name was not resolved. */
function isMeasured({ name, hop }: Phase): boolean {
  return name !== 'resolve' || hop > 0;
}

function deadlineFault(timeoutMs: number): Fault {
  return fault('TIMEOUT', `The deadline of ${timeoutMs} ms passed.`);
}

function unknownKind(kind: string): Fault {
  const kinds = [...PROBERS.keys()].join(', ');
  return fault('PROBER_INVALID_CHECK', `There is no kind "${kind}"; there are ${kinds}.`);
}

function failureOf(error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error);
  return fault('PROBER_FAILED', `The prober failed: ${reason}.`);
}
