// Runs checks: picks the prober of the kind, sets the deadline, measures, judges, makes the result.
// A run always comes to a result and never rejects, whatever target, check or prober do: what went
// wrong on our side is told as a fault of class `prober`. Runs share nothing but caches.

import { type Chance, type Clock, systemChance, type Tracer } from '@holdfast/kernel';
import type { CompiledCheck, EgressPolicy } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import { createEgressGuard } from './dial/egress-guard.ts';
import type { Lookup } from './dial/resolve.ts';
import { runEveryAddress } from './every-address.ts';
import type { PluginRegistry } from './plugin/plugin-registry.ts';
import { ProbeRun } from './probe-run.ts';
import { runRetrying } from './retry.ts';
import { createRunParts } from './run-parts.ts';
import { RunningRuns } from './running-runs.ts';
import type { TlsAuditEntry } from './tls/tls-audit.ts';
import type { TlsPolicy } from './tls-kind/tls-policy.ts';

export interface RunPlan {
  /** Wall time at which the run was meant to begin. */
  plannedAtMs: number;
  /** Counted by the caller; part of the result's key. */
  attempt: number;
  /** How late it begins, by the monotonic clock. */
  startedLateMs: number;
}

export interface ProbeRunnerOptions {
  clock: Clock;
  tracer?: Tracer;
  egress: EgressPolicy;
  /** Names of this agent and of the place it probes from, as results carry them. */
  agent: string;
  location: string;
  /** Of pauses and of `${uuid}`; default the system's. */
  chance?: Chance;
  /** Where `${env:NAME}` is looked up. */
  environment: Record<string, string | undefined>;
  /** Where `${file:PATH}` is read; default the file system, at most 64 KiB. */
  readFile?: (path: string) => Promise<string> | string;
  /** Names to addresses; default the system's resolver. */
  lookup?: Lookup;
  /** The longest the loop was blocked lately, in ms; default: not known, 0. */
  loopLag?: () => number;
  /** Where kinds of plugins are looked up; default: there are none. */
  plugins?: PluginRegistry;
  /** Decides on the certificates of all kinds; default: chain and name, for kind `tls` the strict policy. */
  tlsPolicy?: TlsPolicy;
  /** Is told of every verification of certificates; must be quick and must not throw. */
  audit?: (entry: TlsAuditEntry) => void;
}

export interface ProbeRunner {
  /**
   * Never rejects. An aborted signal ends the run at once with status `invalid`; hand in one signal
   * per run, because listeners of a shared one are found by going through all of them.
   */
  run(check: CompiledCheck, plan: RunPlan, signal?: AbortSignal): Promise<ProbeResult>;
  /** Holds from the next address asked on. Throws CONFIG_INVALID and keeps the old policy. */
  setEgress(policy: EgressPolicy): void;
  /** Calls off what is running, waits for its end and closes what probers keep. Runs asked for afterwards are `invalid`. */
  close(): Promise<void>;
}

/** Throws CONFIG_INVALID when the egress policy cannot be read. */
export function createProbeRunner(options: ProbeRunnerOptions): ProbeRunner {
  let guard = createEgressGuard(options.egress);
  const { clock, chance = systemChance } = options;
  const parts = createRunParts(options, () => guard);
  const running = new RunningRuns<ProbeRun>();
  const closing = new AbortController();
  const runOnce = (check: CompiledCheck, plan: RunPlan, signal?: AbortSignal) => {
    const run = new ProbeRun(parts, check, plan, running, signal);
    if (closing.signal.aborted) run.callOff();
    return run.result;
  };
  const runAll = (check: CompiledCheck, plan: RunPlan, signal?: AbortSignal) => {
    if (check.everyAddress !== true) return runOnce(check, plan, signal);
    return runEveryAddress(check, {
      clock,
      resolve: parts.resolve,
      runOnce: (pinned) => runOnce(pinned, plan, signal),
      ...(signal === undefined ? {} : { signal }),
    });
  };
  return {
    run(check, plan, signal) {
      if (check.retry === undefined) return runAll(check, plan, signal);
      return runRetrying(check, {
        clock,
        chance,
        runOnce: (limited, attempt) => runAll(limited, { ...plan, attempt }, signal),
        signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
      });
    },
    setEgress(policy) {
      guard = createEgressGuard(policy);
    },
    async close() {
      closing.abort();
      parts.tokens.close();
      const runs = running.all();
      for (const run of runs) run.callOff();
      await Promise.all(runs.map((run) => run.result));
      parts.connections.close();
      await parts.use.close();
    },
  };
}
