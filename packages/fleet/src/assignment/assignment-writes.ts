// What has to be written so that the store says what the plan says, cut into transactions that an
// engine takes. Pure. What is the same already is never written.

import {
  type Operation,
  TRANSACTION_OPERATIONS_MAX,
  VALUE_BYTES_MAX,
} from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import type { AssignmentRecord } from '@holdfast/resources/fleet';
import { encodeRecord } from '../membership/record.ts';

export interface AssignmentWrite {
  agent: string;
  /** Absent: its assignment is removed. */
  checks?: readonly string[];
  operation: Operation;
}

/** The fence takes one comparison and one operation. */
const OPERATIONS_MAX = TRANSACTION_OPERATIONS_MAX - 1;

/** `written` and `wanted`: checks by agent, ascending; what is written and cannot be read is undefined. */
export function assignmentWrites(
  written: ReadonlyMap<string, readonly string[] | undefined>,
  wanted: ReadonlyMap<string, string[]>,
  facts: Pick<AssignmentRecord, 'term' | 'revision' | 'assignedAtMs'>,
): AssignmentWrite[] {
  const gone = [...written.keys()].filter((agent) => !wanted.has(agent));
  const removals = gone.map(
    (agent): AssignmentWrite => ({
      agent,
      operation: { type: 'delete', key: KEYS.assignment(agent) },
    }),
  );
  const puts = [...wanted].flatMap(([agent, checks]): AssignmentWrite[] => {
    if (isSame(written.get(agent), checks)) return [];
    const value = encodeRecord({ agent, ...facts, checks });
    return [{ agent, checks, operation: { type: 'put', key: KEYS.assignment(agent), value } }];
  });
  return [...removals, ...puts];
}

/** As many in each as an engine takes, by operations and by bytes (one value may fill it alone). */
export function inTransactions(writes: readonly AssignmentWrite[]): AssignmentWrite[][] {
  const parts: AssignmentWrite[][] = [];
  let bytes = 0;
  for (const write of writes) {
    const size = write.operation.type === 'put' ? write.operation.value.length : 0;
    const part = parts.at(-1);
    if (part && part.length < OPERATIONS_MAX && bytes + size <= VALUE_BYTES_MAX) {
      part.push(write);
      bytes += size;
    } else {
      parts.push([write]);
      bytes = size;
    }
  }
  return parts;
}

function isSame(written: readonly string[] | undefined, checks: readonly string[]): boolean {
  return (
    written !== undefined &&
    written.length === checks.length &&
    written.every((name, index) => name === checks[index])
  );
}
