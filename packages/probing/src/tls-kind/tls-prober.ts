// The prober of kind `tls`: a handshake and what the peer shows in it, without a word of the protocol
// above. Whoever wants another policy or an audit log makes a prober of their own.

import type { TlsCheckSpec } from '@holdfast/resources/compiled-check';
import { prepareRuleJudge } from '../judge/rule-judge.ts';
import type { Prober } from '../prober.ts';
import { secureContextFor } from '../tls/secure-context.ts';
import { RevocationKnowledge } from './revocation.ts';
import type { TlsAudit } from './tls-audit.ts';
import { judgeTls } from './tls-judge.ts';
import type { TlsObservation } from './tls-observation.ts';
import { strictPolicy, type TlsPolicy } from './tls-policy.ts';
import { TlsRun, type TlsRunParts } from './tls-run.ts';

export interface TlsProberOptions {
  /** Default: strict. */
  policy?: TlsPolicy;
  /** Gets one record for each verification. */
  audit?: TlsAudit;
}

export function createTlsProber(
  options: TlsProberOptions = {},
): Prober<TlsCheckSpec, TlsObservation> {
  const { policy = strictPolicy, audit } = options;
  const parts: TlsRunParts = { policy, revocations: new RevocationKnowledge() };
  if (audit !== undefined) parts.audit = audit;
  return {
    kind: 'tls',
    prepare(spec) {
      // Made here and kept, because making it takes longer than most handshakes do.
      secureContextFor(spec.tls.ca, 'old');
      return prepareRuleJudge(spec);
    },
    measure: (spec, context) => new TlsRun(parts, spec, context).run(),
    judge: judgeTls,
  };
}

export const tlsProber = createTlsProber();
