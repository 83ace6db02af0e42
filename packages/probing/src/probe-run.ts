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
import type { CompiledCheck, ProbeSpec } from '@holdfast/resources/compiled-check';
import type { Phase, ProbeResult } from '@holdfast/resources/result';
import type { Connections } from './connections/connections.ts';
import { judgeFault } from './judge/fault-judge.ts';
import type { PhaseLimits } from './phase-log.ts';
import { resolvePinned } from './pinned-address.ts';
import type { PluginRegistry } from './plugin/plugin-registry.ts';
import type { RunPlan } from './probe-runner.ts';
import type { Dial, Judgement, Observation, ProbeContext, Prober, Resolve } from './prober.ts';
import type { ProberUse } from './prober-use.ts';
import { KINDS, loadedProber, loadProber } from './probers.ts';
import { redactAll } from './redaction.ts';
import type { Placed, RunningRuns } from './running-runs.ts';
import { RunSecrets, type SecretSources } from './secrets.ts';
import type { TlsAuditEntry, TlsAuditRecord } from './tls/tls-audit.ts';
import type { TlsVerification } from './tls-kind/tls-policy.ts';
import { RunTokens } from './token/run-tokens.ts';
import type { TokenStore } from './token/token-store.ts';

/** What all runs of one runner share. */
export interface RunParts {
  clock: Clock;
  tracer: Tracer;
  agent: string;
  location: string;
  resolve: Resolve;
  dial: Dial;
  secretSources: SecretSources;
  tokens: TokenStore;
  connections: Connections;
  audit?: (entry: TlsAuditEntry) => void;
  verification?: TlsVerification;
  loopLag: () => number;
  use: ProberUse;
  plugins?: PluginRegistry;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

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
  readonly #running: RunningRuns<ProbeRun>;
  /** Of whoever asked for the run. */
  readonly #caller: AbortSignal | undefined;
  #startedAtMs = 0;
  #startMs = 0;
  /** The deadline; after it the grace time. */
  #timer: Timer | undefined;
  #ended = false;
  #giveUp: (() => void) | undefined;

  /** It is among the running ones until its end, and called off when the caller's signal is aborted. */
  constructor(
    parts: RunParts,
    check: CompiledCheck,
    plan: RunPlan,
    running: RunningRuns<ProbeRun>,
    caller?: AbortSignal,
  ) {
    this.#parts = parts;
    this.#check = check;
    this.#plan = plan;
    this.#running = running;
    this.#caller = caller;
    this.#secrets = new RunSecrets(parts.secretSources);
    this.#span = parts.tracer.start('probe', { check: check.name, kind: check.spec.kind });
    this.#start();
    running.add(this);
    caller?.addEventListener('abort', this);
    this.result = this.#runToEnd();
    if (caller?.aborted) this.callOff();
  }

  /** The caller's signal was aborted. */
  handleEvent(): void {
    this.callOff();
  }

  /** Ends the run at once; its result is invalid. */
  callOff(): void {
    this.#abort(fault('PROBER_CALLED_OFF', 'The run was called off.'));
  }

  async #runToEnd(): Promise<ProbeResult> {
    const result = await this.#run();
    this.#ended = true;
    this.#timer?.cancel();
    this.#caller?.removeEventListener('abort', this);
    this.#running.remove(this);
    this.#span.set({ status: result.status });
    this.#span.end(result.fault?.message);
    return result;
  }

  async #run(): Promise<ProbeResult> {
    const { spec } = this.#check;
    try {
      const prober = this.#prober(spec) ?? (await loadProber(spec.kind));
      if (prober === undefined) return this.#unmeasured(unknownKind(spec, this.#parts.plugins));
      if (prober.close !== undefined) this.#parts.use.note(prober);
      const preparing = prober.prepare?.(spec);
      if (preparing !== undefined) {
        const unprepared = await preparing;
        if (unprepared !== undefined) return this.#unmeasured(unprepared);
      }
      // What was loaded for the first run of a check is no part of the target's time.
      this.#start();
      this.#setDeadline();
      const { tokens } = this.#check;
      if (tokens !== undefined) return await this.#runWithTokens(prober);
      const observation = await this.#measure(prober);
      return this.#build(observation, prober.judge(observation, spec));
    } catch (error) {
      return this.#unmeasured(failureOf(error, spec));
    }
  }

  #prober(spec: ProbeSpec): Prober | undefined {
    if (spec.kind !== 'plugin') return loadedProber(spec.kind);
    return this.#parts.plugins?.prober(spec.plugin) as Prober | undefined;
  }

  #start(): void {
    this.#startedAtMs = this.#parts.clock.wallMs();
    this.#startMs = this.#parts.clock.nowMs();
  }

  #setDeadline(): void {
    const { timeoutMs } = this.#check;
    if (this.#controller.signal.aborted) return;
    const onDeadline = () => this.#abort(deadlineFault(timeoutMs));
    this.#timer = this.#parts.clock.after(timeoutMs, onDeadline);
  }

  async #runWithTokens(prober: Prober): Promise<ProbeResult> {
    const tokens = new RunTokens(this.#parts.tokens);
    const missing = await tokens.findAll(this.#check, this.#controller.signal);
    if (missing !== undefined) return this.#unmeasured(missing);
    const tokenMs = Math.round((this.#parts.clock.nowMs() - this.#startMs) * 1000) / 1000;
    this.#secrets.adoptTokens(tokens.values);
    const observation = await this.#measure(prober);
    tokens.answered(observation);
    if (tokens.asked) observation.detail = { ...observation.detail, token_ms: tokenMs };
    return this.#build(observation, prober.judge(observation, this.#check.spec));
  }

  #measure(prober: Prober): Promise<Observation> {
    const { spec } = this.#check;
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

  /** Each run has one: what only some checks need is added, never laid over. */
  #context(): ProbeContext {
    const { clock, dial, resolve, audit, verification, connections } = this.#parts;
    const { namespace, pinnedAddress, phaseLimitsMs } = this.#check;
    const { traceparent } = this.#span;
    const context: Writable<ProbeContext> = {
      clock,
      connections,
      namespace,
      resolve,
      dial,
      secrets: this.#secrets,
      signal: this.#controller.signal,
      deadlineMs: this.#startMs + this.#check.timeoutMs,
    };
    if (pinnedAddress !== undefined) {
      context.pinnedAddress = pinnedAddress;
      context.resolve = resolvePinned(resolve, pinnedAddress);
    }
    if (phaseLimitsMs !== undefined) context.phaseLimits = this.#limits(phaseLimitsMs);
    if (verification !== undefined) context.verification = verification;
    if (audit !== undefined) context.audit = (record) => this.#tell(record);
    if (traceparent !== '') context.traceparent = traceparent;
    return context;
  }

  #limits(limitsMs: PhaseLimits['limitsMs']): PhaseLimits {
    const exceeded = (phase: PhaseName, limitMs: number) => {
      const message = `The limit of ${limitMs} ms for the ${phase} phase passed.`;
      this.#abort(fault('TIMEOUT_PHASE', message, phase));
    };
    return { limitsMs, exceeded };
  }

  #tell(record: TlsAuditRecord): void {
    const { namespace, name } = this.#check;
    const shown = this.#secrets.any
      ? redactAll(record, (text) => this.#secrets.redact(text))
      : record;
    this.#parts.audit?.({ namespace, check: name, ...shown });
  }

  #unmeasured(reason: Fault): ProbeResult {
    const totalMs = this.#parts.clock.nowMs() - this.#startMs;
    return this.#build({ totalMs, phases: [], context: {}, detail: {} }, judgeFault(reason));
  }

  #build(observation: Observation, judgement: Judgement): ProbeResult {
    const { namespace, name, spec, target, pinnedAddress } = this.#check;
    const { plannedAtMs, attempt, startedLateMs } = this.#plan;
    const { agent, location, loopLag } = this.#parts;
    const { traceparent } = this.#span;
    const traceId = traceparent === '' ? undefined : traceparent.split('-')[1];
    const { totalMs, phases, context, detail } = observation;
    const result: ProbeResult = {
      key: { namespace, check: name, location, plannedAtMs, attempt },
      kind: spec.kind === 'plugin' ? spec.plugin : spec.kind,
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
    const { uuid } = this.#secrets;
    if (uuid !== undefined) result.detail = { ...result.detail, uuid };
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

function unknownKind(spec: ProbeSpec, plugins: PluginRegistry | undefined): Fault {
  if (spec.kind === 'plugin') {
    const reason = plugins?.problem() ?? 'It is not among those that were loaded.';
    const message = `There is no plugin for the kind "${spec.plugin}". ${reason}`;
    return fault('PROBER_INVALID_CHECK', message, undefined, 'Mend the plugin or its path.');
  }
  const kinds = KINDS.join(', ');
  return fault('PROBER_INVALID_CHECK', `There is no kind "${spec.kind}"; there are ${kinds}.`);
}

function failureOf(error: unknown, spec: ProbeSpec): Fault {
  const reason = error instanceof Error ? error.message : String(error);
  // Of a kind that could not be loaded for want of one.
  if (/too many open files/i.test(reason)) return fault('PROBER_OUT_OF_DESCRIPTORS', `${reason}.`);
  if (spec.kind !== 'plugin') return fault('PROBER_FAILED', `The prober failed: ${reason}.`);
  const message = `The plugin ${spec.plugin} failed: ${reason}.`;
  return fault('PROBER_FAILED', message, undefined, 'Mend the plugin, or tell who made it.');
}
