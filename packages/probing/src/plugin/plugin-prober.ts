// What a plugin exports, as `prober`: a kind of probe of its own. It gets all that it needs handed in,
// so it can be a single file anywhere. What it gives back is checked, and whatever it does wrong is
// told as its own fault, never as the target's.

import type { Fault, FaultCode, PhaseName } from '@holdfast/kernel';
import type { IpPreference, PluginSpec, TlsSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import type { ByteStream } from '../byte-stream.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Judgement, Observation, Outcome, ProbeContext } from '../prober.ts';

export interface PluginProber {
  /** Lower case letters, digits and dashes; none of the kinds that there are. */
  readonly kind: string;
  /** Schemes of targets that mean this kind; default the kind itself. */
  readonly schemes?: readonly string[];
  /** Shown to who writes a wrong target. */
  readonly targetExample: string;
  /** Of what stands under `with`; default: anything. It must answer at once. */
  readonly schema?: OptionsSchema;
  /**
   * Asks the target once. The spec may be used as a key of what is derived from it. Sockets that
   * were opened through the context are closed when it settles, and at the abort.
   */
  measure(spec: PluginSpec, context: PluginContext): Promise<Observation>;
  /** Default: up without a fault. The rules of `expect.that` are asked afterwards in any case. */
  judge?(observation: Observation, spec: PluginSpec): Judgement;
  /** Lets go of what is kept between runs. */
  close?(): Promise<void>;
}

export interface PluginContext extends ProbeContext {
  /** The phases of this run as they happen. */
  readonly log: PhaseLog;
  /** Of the way to the target; `connect` fills them. */
  readonly facts: ResultContext;
  /**
   * Resolves, connects and, if wanted, secures, with all phases and facts written down. The way to
   * TLS: a secured socket of one's own must not outlive the bare one that `dial` gave.
   */
  connect(to: PluginDestination): Promise<Outcome<ByteStream>>;
  /** Makes a fault of the catalogue; a message states the facts of the case. */
  fault(code: FaultCode, message: string, phase?: PhaseName, cure?: string): Fault;
}

export interface PluginDestination {
  host: string;
  port: number;
  /** Default: the spec's. */
  ip?: IpPreference;
  /** TLS from the first byte on; `true`: as the spec says. */
  secure?: boolean | TlsSpec;
}

/** The part of Standard Schema (version 1) that is used: zod, valibot, arktype and others have it. */
export interface OptionsSchema {
  readonly '~standard': {
    validate(value: unknown): OptionsVerdict | Promise<OptionsVerdict>;
  };
}

export interface OptionsVerdict {
  /** Absent: the options are right. */
  readonly issues?: readonly OptionsIssue[] | undefined;
}

export interface OptionsIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
