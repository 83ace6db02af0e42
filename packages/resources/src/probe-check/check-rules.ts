// The second pass over a check: what no field can tell alone. Each rule speaks of the fields that are
// there and sound, and stays silent about the rest, which has been reported already.

import { formatDuration } from '@holdfast/kernel';
import { readDemand } from '../fields/demand.ts';
import { durationMs } from '../fields/duration-field.ts';
import { ruleFault } from '../rule/rule-field.ts';
import type { Path } from '../source/source-node.ts';
import { addressFaults, phaseFaults } from './address-rules.ts';
import type { CheckFault, CheckLimits, RuleContext, Spec } from './check-fault.ts';
import { intervalMs, retryOf, timeoutMs } from './check-times.ts';
import { tokenFaults } from './http-rules.ts';
import { kindFaults } from './kind-rules.ts';
import {
  isCheckType,
  KIND_EXPECTATIONS,
  KIND_FIELDS,
  type Kind,
  kindList,
  kindsWith,
  TARGET_EXAMPLES,
} from './kinds.ts';
import { locationFaults } from './location-fields.ts';
import { readTarget, type Target } from './target.ts';

export function checkFaults(spec: Spec, context: RuleContext): CheckFault[] {
  const { plugins, lost, limits } = context;
  const reading =
    spec.target === undefined ? undefined : readTarget(spec.target, spec.type, plugins);
  const target = reading?.ok ? reading.target : undefined;
  const kindLost = lost.has('type') && spec.type === undefined;
  const kind = kindLost ? undefined : (target?.type ?? kindOf(spec.type));
  const faults: CheckFault[] = [
    ...timeFaults(spec, limits, lost),
    ...phaseFaults(spec, lost),
    ...retryFaults(spec, lost),
    ...locationFaults(spec, lost),
  ];
  if (reading?.ok === false && !kindLost) faults.push({ field: ['target'], ...reading.fault });
  if (kind === undefined || kind === 'http') faults.push(...bodyFaults(spec, lost));
  faults.push(
    ...certificateFaults(spec, target),
    ...addressFaults(spec, target),
    ...tokenFaults(spec, context),
  );
  if (kind === undefined) return faults;
  const foreign = foreignFields(spec, kind);
  const foreignNames = new Set(foreign.map(({ field }) => field.slice(0, 2).join()));
  const own = kindFaults(kind, spec, target, context).filter(
    ({ field }) =>
      !foreignNames.has(field.slice(0, 2).join()) && !foreignNames.has(String(field[0])),
  );
  return [...faults, ...foreign, ...own, ...ruleFaults(spec, kind)];
}

/** Any other type was told before, or is a plugin's. */
function kindOf(type: string | undefined): Kind | undefined {
  return type === undefined || isCheckType(type) ? type : 'plugin';
}

function timeFaults(spec: Spec, limits: CheckLimits, lost: ReadonlySet<string>): CheckFault[] {
  const { minMs, maxMs } = limits.interval;
  const interval = spec.interval === undefined ? undefined : durationMs(spec.interval);
  const timeout = spec.timeout === undefined ? undefined : durationMs(spec.timeout);
  const everyMs = intervalMs(spec);
  const faults: CheckFault[] = [];
  if (interval !== undefined && (interval < minMs || interval > maxMs)) {
    const short = interval < minMs;
    const message = `is outside of the limits of ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
    const wider = `{interval: {${short ? 'min' : 'max'}: ${formatDuration(interval)}}}`;
    const hint = `write interval: ${formatDuration(short ? minMs : maxMs)}, or ${sectionText(limits, wider)}`;
    faults.push({ field: ['interval'], message, hint });
  }
  const { timeoutMaxMs } = limits;
  if (timeout !== undefined && timeoutMaxMs !== undefined && timeout > timeoutMaxMs) {
    const most = formatDuration(timeoutMaxMs);
    const wider = sectionText(limits, `{timeout: {max: ${formatDuration(timeout)}}}`);
    const hint = `write timeout: ${most}, or ${wider}`;
    faults.push({ field: ['timeout'], message: `is longer than the limit of ${most}`, hint });
  }
  const intervalLost = interval === undefined && lost.has('interval');
  if (timeout !== undefined && timeout > everyMs && !intervalLost) {
    const message = `is longer than the interval of ${formatDuration(everyMs)}`;
    const hint = `write timeout: ${formatDuration(everyMs)} or less, or a longer interval`;
    faults.push({ field: ['timeout'], message, hint });
  }
  return faults;
}

function sectionText({ section }: CheckLimits, wider: string): string {
  return section.replace('…', wider);
}

/** The timeout covers all tries and the waits between them. */
function retryFaults(spec: Spec, lost: ReadonlySet<string>): CheckFault[] {
  const retry = retryOf(spec);
  if (retry === undefined) {
    if (spec.retries?.backoff === undefined) return [];
    const message = 'is the wait between tries, and there is only one';
    const hint = 'write retries: {attempts: 3}';
    return [{ field: ['retries', 'backoff'], message, hint, warning: true }];
  }
  const timeLost = (lost.has('timeout') && spec.timeout === undefined) || lost.has('interval');
  // 1, 2, 4 … times the back-off.
  const waitsMs = retry.backoffMs * (2 ** (retry.attempts - 1) - 1);
  if (timeLost || waitsMs < timeoutMs(spec)) return [];
  const message = `waits ${formatDuration(waitsMs)} between its tries, and the timeout of ${formatDuration(timeoutMs(spec))} covers all of them`;
  const hint = 'write fewer attempts, a shorter backoff or a longer timeout';
  return [{ field: ['retries'], message, hint }];
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
  for (const name of ['body', 'json', 'jsonSchema'] as const) {
    if (expect?.[name] === undefined) continue;
    const message = 'asks for a body, but HEAD brings none';
    faults.push({ field: ['expect', name], message, hint: 'write method: GET' });
  }
  return faults;
}

function foreignFields(spec: Spec, kind: Kind): CheckFault[] {
  const foreign = Object.entries(spec).flatMap(([name, value]) => {
    const kinds = kindsWith(name);
    const isForeign = value !== undefined && kinds.length > 0 && !KIND_FIELDS[kind].includes(name);
    return isForeign ? [belongsTo(kinds, kind, [name])] : [];
  });
  const expected = Object.entries(spec.expect ?? {}).flatMap(([name, value]) => {
    const isForeign = value !== undefined && !KIND_EXPECTATIONS[kind].includes(name);
    return isForeign ? [belongsTo(kindsWith(name, 'expect'), kind, ['expect', name])] : [];
  });
  return [...foreign, ...expected];
}

function belongsTo(kinds: readonly Kind[], kind: Kind, field: Path): CheckFault {
  const [first = 'http'] = kinds;
  return {
    field,
    message: `belongs to ${kindList(kinds)} checks, this one is ${kind}`,
    hint: `remove it, or write a target like ${TARGET_EXAMPLES[first]}`,
  };
}

/** What of a rule the first pass cannot know: whether this kind has its variables. */
function ruleFaults(spec: Spec, kind: Kind): CheckFault[] {
  const { that } = spec.expect ?? {};
  if (that === undefined || !KIND_EXPECTATIONS[kind].includes('that')) return [];
  return [that].flat().flatMap((rule, index) => {
    const said = ruleFault(rule, kind);
    if (said === undefined) return [];
    const { message, hint = 'write another rule' } = readDemand(said);
    const field = typeof that === 'string' ? ['expect', 'that'] : ['expect', 'that', index];
    return [{ field, message, hint }];
  });
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
