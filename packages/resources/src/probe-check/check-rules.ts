// The second pass over a check: what no field can tell alone. Each rule speaks of the fields that are
// there and sound, and stays silent about the rest, which has been reported already.

import { formatDuration } from '@holdfast/kernel';
import type { CheckSpec } from '../check.ts';
import { type DurationBounds, durationMs } from '../fields/duration-field.ts';
import type { Path } from '../source/source-node.ts';
import { HTTP_FIELDS } from './check-fields.ts';
import { DEFAULT_INTERVAL_MS } from './compile-check.ts';
import { readTarget, type Target } from './target.ts';

export interface CheckFault {
  /** In the spec. */
  field: Path;
  message: string;
  hint: string;
  /** Doubtful, but allowed. */
  warning?: true;
}

type Spec = Partial<CheckSpec>;

/** `lost` names fields that were written but are faulty: they are not taken for left out. */
export function checkFaults(
  spec: Spec,
  limits: DurationBounds,
  lost: ReadonlySet<string> = new Set(),
): CheckFault[] {
  const reading = spec.target === undefined ? undefined : readTarget(spec.target, spec.type);
  const target = reading?.ok ? reading.target : undefined;
  const faults: CheckFault[] = [...timeFaults(spec, limits, lost), ...bodyFaults(spec, lost)];
  const kindLost = lost.has('type') && spec.type === undefined;
  if (reading?.ok === false && !kindLost) faults.push({ field: ['target'], ...reading.fault });
  if ((target?.type ?? spec.type) === 'tcp') faults.push(...foreignFields(spec));
  else faults.push(...certificateFaults(spec, target));
  return faults;
}

function timeFaults(spec: Spec, limits: DurationBounds, lost: ReadonlySet<string>): CheckFault[] {
  const interval = spec.interval === undefined ? undefined : durationMs(spec.interval);
  const timeout = spec.timeout === undefined ? undefined : durationMs(spec.timeout);
  const intervalMs = interval ?? DEFAULT_INTERVAL_MS;
  const faults: CheckFault[] = [];
  if (interval !== undefined && (interval < limits.minMs || interval > limits.maxMs)) {
    const range = `${formatDuration(limits.minMs)} to ${formatDuration(limits.maxMs)}`;
    const hint = `write interval: ${formatDuration(interval < limits.minMs ? limits.minMs : limits.maxMs)}`;
    faults.push({ field: ['interval'], message: `is outside of limits.interval, ${range}`, hint });
  }
  const intervalLost = interval === undefined && lost.has('interval');
  if (timeout !== undefined && timeout > intervalMs && !intervalLost) {
    const message = `is longer than the interval of ${formatDuration(intervalMs)}`;
    const hint = `write timeout: ${formatDuration(intervalMs)} or less, or a longer interval`;
    faults.push({ field: ['timeout'], message, hint });
  }
  return faults;
}

function bodyFaults(spec: Spec, lost: ReadonlySet<string>): CheckFault[] {
  const { body, method, expect } = spec;
  const faults: CheckFault[] = [];
  if (body !== undefined && method === undefined && !lost.has('method')) {
    const message = 'is given, but the method is not, and GET sends no body';
    faults.push({ field: ['body'], message, hint: 'write method: POST' });
  }
  if (method !== 'HEAD') return faults;
  if (body !== undefined) {
    faults.push({
      field: ['body'],
      message: 'cannot be sent with HEAD',
      hint: 'write method: POST',
    });
  }
  for (const name of ['body', 'json'] as const) {
    if (expect?.[name] === undefined) continue;
    const message = 'asks for a body, but HEAD brings none';
    faults.push({ field: ['expect', name], message, hint: 'write method: GET' });
  }
  return faults;
}

function foreignFields(spec: Spec): CheckFault[] {
  return HTTP_FIELDS.filter((name) => spec[name] !== undefined).map((name) => ({
    field: [name],
    message: 'belongs to http checks, this one is tcp',
    hint: 'remove it, or write a target like https://host/path',
  }));
}

function certificateFaults(spec: Spec, target: Target | undefined): CheckFault[] {
  const faults: CheckFault[] = [];
  const plain = target?.type === 'http' && !target.secure && spec.maxRedirects === 0;
  if (plain && spec.expect?.certificateDays !== undefined) {
    const message = 'asks for a certificate, but http:// has none and no redirect is followed';
    faults.push({
      field: ['expect', 'certificateDays'],
      message,
      hint: 'write a target with https://',
    });
  }
  if (spec.tls?.verify === false) {
    const message = 'a bad certificate will not fail this check';
    faults.push({
      field: ['tls', 'verify'],
      message,
      hint: 'name the authority in tls.ca instead',
      warning: true,
    });
  }
  return faults;
}
