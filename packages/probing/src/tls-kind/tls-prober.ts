// The prober of kind `tls`: a handshake and what the peer shows in it, without a word of the protocol
// above. The runner's policy, where it has one, goes before the
// prober's own.

import type { TlsCheckSpec } from '@holdfast/resources/compiled-check';
import { prepareRuleJudge } from '../judge/rule-judge.ts';
import type { Prober } from '../prober.ts';
import { secureContextFor } from '../tls/secure-context.ts';
import { RevocationKnowledge } from './revocation.ts';
import { judgeTls } from './tls-judge.ts';
import type { TlsObservation } from './tls-observation.ts';
import { strictPolicy, type TlsPolicy, type TlsVerification } from './tls-policy.ts';
import { TlsRun } from './tls-run.ts';

export interface TlsProberOptions {
  /** Default: strict. */
  policy?: TlsPolicy;
}

export function createTlsProber(
  options: TlsProberOptions = {},
): Prober<TlsCheckSpec, TlsObservation> {
  const { policy = strictPolicy } = options;
  const verification: TlsVerification = { policy, revocations: new RevocationKnowledge() };
  return {
    kind: 'tls',
    prepare(spec) {
      // Made here and kept, because making it takes longer than most handshakes do.
      secureContextFor(spec.tls.ca, 'old');
      return prepareRuleJudge(spec);
    },
    measure: (spec, context) => new TlsRun(verification, spec, context).run(),
    judge: judgeTls,
  };
}

export const tlsProber = createTlsProber();
