// The one form in which a run that was not up is told to programs: a code and an HTTP status by the
// fault table in force, and a trace id to ask for. Beside the fault, never instead of it.

import type { FailureAnswer, ToldResult } from '@holdfast/resources/api';
import { type FaultTable, lookUpFault } from '@holdfast/resources/fault-table';
import type { ProbeResult } from '@holdfast/resources/result';

/** What the table is asked of a run that brought no fault. */
export const NO_FAULT = { class: '', code: '' };

/** undefined for a run that was up. `traceId`: of the answer, for runs that were not traced. */
export function failureAnswer(
  { status, fault, context }: ProbeResult,
  table: FaultTable,
  traceId: string,
): FailureAnswer | undefined {
  if (status === 'up') return undefined;
  const { code, httpStatus } = lookUpFault(table, fault ?? NO_FAULT);
  return { code, http_status: httpStatus, trace_id: context.traceId ?? traceId };
}

export function toldResult(result: ProbeResult, table: FaultTable, traceId: string): ToldResult {
  const error = failureAnswer(result, table, traceId);
  return error === undefined ? result : { ...result, error };
}
