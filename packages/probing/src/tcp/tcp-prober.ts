// The prober of kind `tcp`: can a connection be made, how long does it take, and, where a check asks
// for it, what does the peer say? Asked for nothing more, it connects and nothing else.

import type { TcpSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { reach } from '../dial/reach.ts';
import { PhaseLog } from '../phase-log.ts';
import type { Observation, ProbeContext, Prober } from '../prober.ts';
import { judgeTcp, prepareTcp } from './tcp-judge.ts';
import { type TcpObservation, TcpRun } from './tcp-run.ts';

export const tcpProber: Prober<TcpSpec, Observation | TcpObservation> = {
  kind: 'tcp',
  prepare: prepareTcp,
  measure: (spec, context) =>
    goesBeyondConnecting(spec) ? new TcpRun(spec, context).run() : connect(spec, context),
  judge: judgeTcp,
};

function goesBeyondConnecting({ secure, startTls, bannerMs, dialogue }: TcpSpec): boolean {
  if (dialogue !== undefined || bannerMs !== undefined) return true;
  return secure === true || startTls !== undefined;
}

async function connect(spec: TcpSpec, context: ProbeContext): Promise<Observation> {
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
}
