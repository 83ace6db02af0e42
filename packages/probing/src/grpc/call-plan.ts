// What one measured call needs to know, however it was come by: where it goes, what it says, and how
// its answer is read. The health call is written by hand here; others are made in method-plan.ts.

import { fault } from '@holdfast/kernel';
import type { Outcome } from '../prober.ts';
import { readFields, textField } from './wire.ts';

export interface Answer {
  /** The message as JSON. */
  json?: unknown;
  /** Why there is no JSON of it, as a part of a sentence. */
  jsonProblem?: string;
  /** Of the health service, such as SERVING. */
  servingStatus?: string;
}

export interface CallPlan {
  /** `/package.Service/Method` */
  path: string;
  /** Without the frame. */
  request: Uint8Array;
  /** The server answers with any number of messages. */
  streaming: boolean;
  /** Reads one message. Never throws. */
  read(message: Uint8Array): Outcome<Answer>;
}

export const HEALTH_PATH = '/grpc.health.v1.Health/Check';

/** HealthCheckResponse.ServingStatus of grpc/health/v1/health.proto, by number. */
const SERVING_STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const STATUS_FIELD = 1;
const SERVICE_FIELD = 1;

/** `service` empty = the server as a whole. */
export function healthPlan(service: string): CallPlan {
  return {
    path: HEALTH_PATH,
    request: textField(SERVICE_FIELD, service),
    streaming: false,
    read: readHealth,
  };
}

function readHealth(message: Uint8Array): Outcome<Answer> {
  const fields = readFields(message);
  if (fields === undefined) {
    const text = 'The answer of the health service is no HealthCheckResponse.';
    return { ok: false, fault: fault('PROTOCOL_INVALID_ANSWER', text) };
  }
  // Of a field that comes several times the last one counts; an absent one is 0.
  const status = fields.findLast(({ number }) => number === STATUS_FIELD)?.value ?? 0;
  const servingStatus = SERVING_STATUSES[Number(status)] ?? String(Number(status));
  return { ok: true, value: { servingStatus, json: { status: servingStatus } } };
}
