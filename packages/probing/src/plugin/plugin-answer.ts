// What a plugin gave back, checked part by part and copied: only what passes here goes into a result.

import { FAULTS, type Fault, type FaultCode, fault, type PhaseName } from '@holdfast/kernel';
import type { Phase, ResultContext, Status } from '@holdfast/resources/result';
import type { Judgement, Observation } from '../prober.ts';
import { plainCopy } from './plain-copy.ts';

const PHASES_MAX = 1000;
const MESSAGE_LENGTH_MAX = 2000;
const PHASE_NAMES: Record<PhaseName, true> = {
  resolve: true,
  connect: true,
  tls: true,
  write: true,
  wait: true,
  transfer: true,
};
const STATUSES: Record<Status, true> = { up: true, down: true, timeout: true, invalid: true };

/** Throws an Error that says what is wrong. */
export function observationOf(answer: unknown): Observation {
  const { totalMs, phases, context, detail, fault: found } = membersOf(answer, 'the observation');
  const observation: Observation = {
    totalMs: milliseconds(totalMs, 'totalMs'),
    phases: phasesOf(phases),
    context: plainObject(context ?? {}, 'context') as ResultContext,
    detail: plainObject(detail ?? {}, 'detail'),
  };
  if (found !== undefined) observation.fault = faultOf(found);
  return observation;
}

/** Throws an Error that says what is wrong. */
export function judgementOf(answer: unknown): Judgement {
  const { status, fault: found, detail } = membersOf(answer, 'the judgement');
  if (typeof status !== 'string' || !Object.hasOwn(STATUSES, status)) {
    throw new Error(`the status ${JSON.stringify(status)} is none`);
  }
  if (status !== 'up' && found === undefined) throw new Error(`it is ${status} without a fault`);
  const judgement: Judgement = { status: status as Status };
  if (found !== undefined) judgement.fault = faultOf(found);
  if (detail !== undefined) judgement.detail = plainObject(detail, 'detail');
  return judgement;
}

function phasesOf(value: unknown): Phase[] {
  if (!Array.isArray(value) || value.length > PHASES_MAX) {
    throw new Error(`phases are no list of at most ${PHASES_MAX}`);
  }
  return value.map((phase: unknown, at) => {
    const path = `phases[${at}]`;
    const { name, hop, startMs, durationMs } = membersOf(phase, path);
    if (!isPhaseName(name)) throw new Error(`${path} has the name ${JSON.stringify(name)}`);
    return {
      name,
      hop: milliseconds(hop ?? 0, `${path}.hop`),
      startMs: milliseconds(startMs, `${path}.startMs`),
      durationMs: milliseconds(durationMs, `${path}.durationMs`),
    };
  });
}

/** Made anew, so that class and status are those of the catalogue. */
function faultOf(value: unknown): Fault {
  const { code, message, phase, cure } = membersOf(value, 'the fault');
  if (typeof code !== 'string' || !Object.hasOwn(FAULTS, code)) {
    throw new Error(`the fault code ${JSON.stringify(code)} is not in the catalogue`);
  }
  if (typeof message !== 'string') throw new Error('the fault has no message');
  return fault(
    code as FaultCode,
    message.slice(0, MESSAGE_LENGTH_MAX),
    isPhaseName(phase) ? phase : undefined,
    typeof cure === 'string' ? cure.slice(0, MESSAGE_LENGTH_MAX) : undefined,
  );
}

function isPhaseName(value: unknown): value is PhaseName {
  return typeof value === 'string' && Object.hasOwn(PHASE_NAMES, value);
}

function milliseconds(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`${name} is ${String(value)}, which is no number of 0 or more`);
}

function plainObject(value: unknown, name: string): Record<string, unknown> {
  membersOf(value, name);
  return plainCopy(value, name) as Record<string, unknown>;
}

function membersOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error(`${name} is no object`);
}
