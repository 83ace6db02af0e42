// The prober of kind `http`: HTTP/1.1 over plain or secured connections, one fresh connection for
// each hop.

import type { HttpSpec } from '@holdfast/resources/compiled-check';
import { judgeHttp, prepareHttpJudge } from '../judge/http-judge.ts';
import type { Prober } from '../prober.ts';
import { secureContextFor } from '../tls/secure-context.ts';
import type { HttpObservation } from './http-observation.ts';
import { planFor } from './http-plan.ts';
import { HttpRun } from './http-run.ts';

export const httpProber: Prober<HttpSpec, HttpObservation> = {
  kind: 'http',
  prepare(spec) {
    // Made here and kept, because making it takes longer than most probes do.
    if (spec.url.startsWith('https:')) secureContextFor(spec.tls.ca);
    return prepareHttpJudge(spec);
  },
  measure: (spec, context) => new HttpRun(spec, planFor(spec), context).run(),
  judge: judgeHttp,
};
