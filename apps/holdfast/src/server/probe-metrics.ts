// Results as Prometheus series (MISSION P16, and our own with stable labels). Label values come from
// the checks in force alone, and both targets and status codes are bounded, so that no answer of a
// target can make series without end. A removed check takes its series along.

import type { Counter, Gauge, Histogram, Labels, Meter } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { type FaultTable, lookUpFault } from '@holdfast/resources/fault-table';
import type { ProbeResult, Status } from '@holdfast/resources/result';
import { NO_FAULT } from '../failure-answer.ts';
import { kindOf } from './kind-of.ts';
import { checkId } from './live-view.ts';

/** Targets beyond this are counted together as `other`. */
const TARGETS_MAX = 5_000;
/** Different status codes, and different error codes, per check; further ones are `other`. */
const CODES_PER_CHECK_MAX = 16;
/** 0.1, 0.3 and 1 s are the ones that dashboards of the field ask for. */
const DURATION_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 2.5, 5, 10];
const STATUSES: readonly Status[] = ['up', 'down', 'timeout', 'invalid'];
const PHASES = ['resolve', 'connect', 'tls', 'write', 'wait', 'transfer'] as const;

interface Seen {
  target: string;
  kind: string;
  status?: Status;
  codes: Set<string>;
  errors: Set<string>;
}

interface Instruments {
  success: Gauge;
  duration: Histogram;
  codes: Counter;
  errors: Counter;
  up: Gauge;
  runs: Counter;
  phase: Gauge;
  certificate: Gauge;
}

export interface ProbeMetrics {
  /** The table is that of the file in force. */
  configure(checks: readonly CompiledCheck[], faults: FaultTable): void;
  observe(result: ProbeResult): void;
}

export function createProbeMetrics(meter: Meter): ProbeMetrics {
  const instruments = instrumentsOn(meter);
  const seen = new Map<string, Seen>();
  let table: FaultTable = { entries: [] };
  return {
    configure: (checks, faults) => {
      table = faults;
      const wanted = new Map(checks.map((check) => [checkId(check.namespace, check.name), check]));
      for (const [id, one] of seen)
        if (isGone(one, wanted.get(id))) forget(instruments, seen, id, one);
      for (const [id, check] of wanted) {
        if (seen.has(id)) continue;
        const target = seen.size < TARGETS_MAX ? check.target : 'other';
        seen.set(id, { target, kind: kindOf(check), codes: new Set(), errors: new Set() });
      }
    },
    observe: (result) => {
      const one = seen.get(checkId(result.key.namespace, result.key.check));
      if (one === undefined) return;
      record(instruments, one, result);
      recordError(instruments, one, result, table);
    },
  };
}

function instrumentsOn(meter: Meter): Instruments {
  const own = ['namespace', 'check', 'kind'];
  return {
    success: meter.gauge(
      'http_probe_success',
      'Whether the last probe of the target was up (1) or not (0); its status as a label.',
      ['target', 'status'],
    ),
    duration: meter.histogram(
      'http_probe_duration_seconds',
      'Total time of HTTP probes.',
      DURATION_BUCKETS_S,
      ['target'],
    ),
    codes: meter.counter(
      'http_probe_status_code_count',
      'HTTP probes by the status code that came back.',
      ['target', 'code'],
    ),
    errors: meter.counter(
      'holdfast_probe_errors_total',
      'Runs that were not up, by the code that the fault table gives them.',
      ['target', 'code'],
    ),
    up: meter.gauge('holdfast_probe_up', 'Whether the last valid run was up (1) or not (0).', own),
    runs: meter.counter('holdfast_probe_runs_total', 'Runs by status.', [...own, 'status']),
    phase: meter.gauge(
      'holdfast_probe_phase_seconds',
      'Time of each phase of the last run, summed over redirects; absent when it did not happen.',
      [...own, 'phase'],
    ),
    certificate: meter.gauge(
      'holdfast_probe_certificate_expiry_timestamp_seconds',
      'When the first certificate of the chain expires.',
      own,
    ),
  };
}

function record(instruments: Instruments, seen: Seen, result: ProbeResult): void {
  const labels = { namespace: result.key.namespace, check: result.key.check, kind: result.kind };
  instruments.runs.add(1, { ...labels, status: result.status });
  if (result.status !== 'invalid') instruments.up.set(result.status === 'up' ? 1 : 0, labels);
  for (const phase of PHASES) {
    const those = result.phases.filter((one) => one.name === phase);
    if (those.length === 0) instruments.phase.remove({ ...labels, phase });
    else
      instruments.phase.set(those.reduce((sum, one) => sum + one.durationMs, 0) / 1000, {
        ...labels,
        phase,
      });
  }
  const chain = result.context.tls?.chain ?? [];
  if (chain.length > 0) {
    instruments.certificate.set(Math.min(...chain.map((one) => one.validToMs)) / 1000, labels);
  }
  if (result.kind === 'http') recordHttp(instruments, seen, result);
}

function recordHttp(instruments: Instruments, seen: Seen, result: ProbeResult): void {
  const { target, status: before } = seen;
  const { status } = result;
  if (before !== undefined && before !== status)
    instruments.success.remove({ target, status: before });
  instruments.success.set(status === 'up' ? 1 : 0, { target, status });
  seen.status = status;
  instruments.duration.observe(result.totalMs / 1000, { target });
  const code = result.detail.status_code;
  if (typeof code === 'number')
    instruments.codes.add(1, { target, code: boundedCode(seen.codes, String(code)) });
}

function recordError(
  { errors }: Instruments,
  seen: Seen,
  { status, fault }: ProbeResult,
  table: FaultTable,
): void {
  if (status === 'up') return;
  const { code } = lookUpFault(table, fault ?? NO_FAULT);
  errors.add(1, { target: seen.target, code: boundedCode(seen.errors, code) });
}

function boundedCode(known: Set<string>, code: string): string {
  const bounded = known.has(code) || known.size < CODES_PER_CHECK_MAX ? code : 'other';
  known.add(bounded);
  return bounded;
}

function isGone(seen: Seen, check: CompiledCheck | undefined): boolean {
  if (check === undefined || kindOf(check) !== seen.kind) return true;
  return seen.target !== 'other' && seen.target !== check.target;
}

function forget(instruments: Instruments, all: Map<string, Seen>, id: string, seen: Seen): void {
  all.delete(id);
  const slash = id.indexOf('/');
  const labels: Labels = {
    namespace: id.slice(0, slash),
    check: id.slice(slash + 1),
    kind: seen.kind,
  };
  instruments.up.remove(labels);
  instruments.certificate.remove(labels);
  for (const status of STATUSES) instruments.runs.remove({ ...labels, status });
  for (const phase of PHASES) instruments.phase.remove({ ...labels, phase });
  const heir = [...all.values()].find((other) => other.target === seen.target);
  if (heir !== undefined) {
    // Its series are those of this target from now on, and go with it.
    for (const code of seen.codes) heir.codes.add(code);
    for (const code of seen.errors) heir.errors.add(code);
    return;
  }
  for (const status of STATUSES) instruments.success.remove({ target: seen.target, status });
  for (const code of seen.codes) instruments.codes.remove({ target: seen.target, code });
  for (const code of seen.errors) instruments.errors.remove({ target: seen.target, code });
  instruments.duration.remove({ target: seen.target });
}
