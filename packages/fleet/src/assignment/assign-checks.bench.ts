// How long a whole fleet's assignment takes; run by hand.

import { systemClock } from '@holdfast/kernel';
import { assignChecks } from './assign-checks.ts';

const checks = Array.from({ length: 10_000 }, (_, index) => ({
  namespace: `team-${index % 20}`,
  name: `check-${index}`,
  paused: false,
}));
for (const places of [1, 5]) {
  const agents = Array.from({ length: 50 }, (_, index) => ({
    id: `agent-${index}`,
    location: `place-${index % places}`,
  }));
  const samples = Array.from({ length: 30 }, () => {
    const startMs = systemClock.nowMs();
    assignChecks(checks, agents);
    return systemClock.nowMs() - startMs;
  }).sort((a, b) => a - b);
  const at = (share: number) => samples[Math.floor(share * samples.length)]?.toFixed(1);
  console.log(`10,000 checks × 50 agents at ${places}: median ${at(0.5)} ms, worst ${at(0.99)} ms`);
}
