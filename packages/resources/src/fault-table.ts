// Which code and HTTP status a fault of a probe is answered with, as a table of plain data: the first
// entry that fits wins, then the house's own. Has no imports that weigh anything, so that any room
// may look faults up.

import type { FaultClass } from '@holdfast/kernel';

export interface FaultTableEntry {
  /** Absent: any class. */
  faultClass?: FaultClass;
  /** Of a fault; a `*` at its end stands for any letters. Absent: any code. */
  faultCode?: string;
  /** Such as ERR_SERVICE_UNAVAILABLE. */
  code: string;
  httpStatus: number;
}

export interface FaultTable {
  entries: FaultTableEntry[];
}

export interface FaultAnswer {
  code: string;
  httpStatus: number;
}

export const DEFAULT_FAULT_TABLE: Readonly<FaultTable> = Object.freeze({
  entries: [
    { faultCode: 'CONNECT_*', code: 'ERR_SERVICE_UNAVAILABLE', httpStatus: 503 },
    { faultClass: 'timeout', code: 'ERR_GATEWAY_TIMEOUT', httpStatus: 504 },
    { faultCode: 'PROBER_INVALID_CHECK', code: 'ERR_INVALID_PARAM', httpStatus: 400 },
  ] satisfies FaultTableEntry[],
});

const UNKNOWN: FaultAnswer = { code: 'ERR_UNKNOWN', httpStatus: 500 };

/** Of a table that does not speak of the fault, the default's answer; else ERR_UNKNOWN 500. */
export function lookUpFault(
  table: FaultTable,
  fault: { class: string; code: string },
): FaultAnswer {
  const entry =
    table.entries.find((one) => fits(one, fault)) ??
    DEFAULT_FAULT_TABLE.entries.find((one) => fits(one, fault));
  const { code, httpStatus } = entry ?? UNKNOWN;
  return { code, httpStatus };
}

function fits(
  { faultClass, faultCode }: FaultTableEntry,
  fault: { class: string; code: string },
): boolean {
  if (faultClass !== undefined && faultClass !== fault.class) return false;
  if (faultCode === undefined || faultCode === fault.code) return true;
  return faultCode.endsWith('*') && fault.code.startsWith(faultCode.slice(0, -1));
}
