// A whole result of which a test names only what it cares for.

import type { ProbeResult } from '@holdfast/resources/result';

export function resultOf(part: Partial<ProbeResult>): ProbeResult {
  return {
    key: { namespace: 'shop', check: 'api', location: 'here', plannedAtMs: 0, attempt: 0 },
    kind: 'tcp',
    target: '127.0.0.1:1',
    agent: 'agent-1',
    startedAtMs: 0,
    scheduleLagMs: 0,
    loopLagMs: 0,
    status: 'up',
    totalMs: 1,
    phases: [],
    context: {},
    detail: {},
    ...part,
  };
}
