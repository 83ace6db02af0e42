// Runs checks one after another in a process of its own, so that they can run inside a network namespace
// or under limits of the system. Takes them as JSON, prints their results as JSON, and ends by itself.

import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { createProbeRunner } from '../probe-runner.ts';
import { PLAN, RUNNER_OPTIONS } from './checks.ts';

export interface ProbeProcessOrder {
  checks: CompiledCheck[];
  /** Addresses that the names of the checks resolve to; absent: the system's resolver. */
  addresses?: string[];
  /** Opens files until the limit is reached before it probes. */
  starved?: boolean;
}

const { checks, addresses, starved } = JSON.parse(process.argv[2] ?? '') as ProbeProcessOrder;
const found = addresses?.map((ip) => ({
  ip,
  version: ip.includes(':') ? (6 as const) : (4 as const),
}));
const runner = createProbeRunner({
  ...RUNNER_OPTIONS,
  ...(found === undefined ? {} : { lookup: () => Promise.resolve(found) }),
});
if (starved) await takeAllDescriptors();
const results = [];
for (const check of checks) results.push(await runner.run(check, PLAN));
await runner.close();
process.stdout.write(JSON.stringify(results));

async function takeAllDescriptors(): Promise<void> {
  const { openSync } = await import('node:fs');
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // That was the last one.
  }
}
