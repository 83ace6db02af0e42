// Whether what came back is what the check expects, in this order: the loss, the round trip, the
// jitter, the rules. Silence within the wait is `down` with a fault of class timeout; the status
// `timeout` is kept for a total deadline that passed before anything was heard or all was sent.

import { type Fault, fault } from '@holdfast/kernel';
import type { IcmpSpec } from '@holdfast/resources/compiled-check';
import { judgeFault } from '../judge/fault-judge.ts';
import { plainVariables, rulesFault } from '../judge/rule-judge.ts';
import type { Judgement } from '../prober.ts';
import type { EchoDetail, EchoFacts } from './echo-detail.ts';
import { icmpErrorFault } from './icmp-error.ts';
import type { IcmpObservation } from './icmp-run.ts';

export function judgeIcmp(observation: IcmpObservation, spec: IcmpSpec): Judgement {
  if (observation.fault !== undefined) return judgeFault(observation.fault);
  const { echo, detail } = observation;
  if (echo === undefined) return judgeFault(fault('PROBER_FAILED', 'Nothing was sent.'));
  const unmet =
    lossFault(echo, detail, spec) ??
    timeFault(detail, spec) ??
    rulesFault(spec.expect.that, (budget) => plainVariables(observation, spec.host, budget));
  return unmet === undefined ? { status: 'up' } : { status: 'down', fault: unmet };
}

function lossFault(
  echo: EchoFacts,
  detail: Partial<EchoDetail>,
  spec: IcmpSpec,
): Fault | undefined {
  const { loss = 1, packets_sent = 0, packets_received = 0 } = detail;
  const { lossMax } = spec.expect;
  if (loss <= lossMax) return undefined;
  if (echo.error !== undefined) return icmpErrorFault(echo.error, echo.ip);
  if (packets_received === 0) {
    const message = `${echo.ip} answered none of ${packets_sent} echo requests.`;
    const cure = 'Check that the host is up and that no filter on the way drops ICMP.';
    return fault('TIMEOUT', message, 'wait', cure);
  }
  const lost = packets_sent - packets_received;
  const message = `${lost} of ${packets_sent} packets were lost (${percent(loss)}), at most ${percent(lossMax)} may be.`;
  return fault('ASSERTION_LOSS', message);
}

function timeFault(detail: Partial<EchoDetail>, spec: IcmpSpec): Fault | undefined {
  const { rttMsMax, jitterMsMax } = spec.expect;
  const { rtt_avg_ms, jitter_ms } = detail;
  if (rttMsMax !== undefined && rtt_avg_ms !== undefined && rtt_avg_ms > rttMsMax) {
    const message = `The round trip took ${rtt_avg_ms} ms on average, wanted at most ${rttMsMax} ms.`;
    return fault('ASSERTION_ROUND_TRIP', message);
  }
  if (jitterMsMax !== undefined && jitter_ms !== undefined && jitter_ms > jitterMsMax) {
    const message = `The jitter is ${jitter_ms} ms, wanted at most ${jitterMsMax} ms.`;
    return fault('ASSERTION_JITTER', message);
  }
  return undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
