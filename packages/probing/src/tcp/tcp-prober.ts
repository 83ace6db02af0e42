// The prober of kind `tcp`: can a connection be made, and how long does it take? Nothing is sent.

import type { TcpSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { reach } from '../dial/reach.ts';
import { judgeFault } from '../judge/fault-judge.ts';
import { PhaseLog } from '../phase-log.ts';
import type { Observation, Prober } from '../prober.ts';

export const tcpProber: Prober<TcpSpec, Observation> = {
  kind: 'tcp',
  async measure(spec, context) {
    const log = new PhaseLog(context);
    const facts: ResultContext = {};
    const reached = await reach(spec, context, log, facts);
    const observation: Observation = {
      totalMs: log.totalMs(),
      phases: log.phases,
      context: facts,
      detail: {},
    };
    if (!reached.ok) return { ...observation, fault: reached.fault };
    reached.value.socket.destroy();
    return { ...observation, detail: { ip: reached.value.address.ip, port: spec.port } };
  },
  judge: ({ fault }) => judgeFault(fault),
};
