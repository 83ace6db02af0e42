// One ICMP probe in a process of its own, so that it can run inside a network namespace or without
// privileges. Takes its order as JSON, prints observation and judgement as JSON, and ends by itself:
// the receiver is not closed here, it must not hold the process.

import { systemClock } from '@holdfast/kernel';
import type { IcmpSpec } from '@holdfast/resources/compiled-check';
import { createEgressGuard } from '../../dial/egress-guard.ts';
import { createResolve, defaultLookup } from '../../dial/resolve.ts';
import type { ProbeContext } from '../../prober.ts';
import { RunSecrets } from '../../secrets.ts';
import { icmpProber } from '../icmp-prober.ts';

export interface ProbeOrder {
  spec: IcmpSpec;
  timeoutMs: number;
  /** Give up every privilege first. */
  unprivileged?: boolean;
}

const NOBODY = 65534;
const order = JSON.parse(process.argv[2] ?? '') as ProbeOrder;
if (order.unprivileged) {
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
const guard = createEgressGuard({ deny: [], allow: [] });
const unprepared = await icmpProber.prepare?.(order.spec);
if (unprepared !== undefined) throw new Error(unprepared.message);
const controller = new AbortController();
const timeout = {
  class: 'timeout',
  code: 'TIMEOUT',
  httpStatus: 504,
  message: `The deadline of ${order.timeoutMs} ms passed.`,
};
const timer = systemClock.after(order.timeoutMs, () => controller.abort(timeout));
const context: ProbeContext = {
  clock: systemClock,
  signal: controller.signal,
  resolve: createResolve(defaultLookup, () => guard),
  dial: () => Promise.reject(new Error('ICMP dials nobody')),
  secrets: new RunSecrets({ environment: {}, readFile: () => '' }),
};
const observation = await icmpProber.measure(order.spec, context);
timer.cancel();
const judgement = icmpProber.judge(observation, order.spec);
const { echo: _, ...shown } = observation;
process.stdout.write(JSON.stringify({ observation: shown, judgement }));
