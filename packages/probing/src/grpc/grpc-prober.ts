// The prober of kind `grpc`: the health service, or one call of one method, over one fresh HTTP/2
// connection.

import type { GrpcSpec } from '@holdfast/resources/compiled-check';
import type { Prober } from '../prober.ts';
import { secureContextFor } from '../tls/secure-context.ts';
import { preparePlan } from './find-plan.ts';
import { judgeGrpc, prepareGrpcJudge } from './grpc-judge.ts';
import type { GrpcObservation } from './grpc-observation.ts';
import { GrpcRun } from './grpc-run.ts';

const prepared = new WeakSet<GrpcSpec>();

export const grpcProber: Prober<GrpcSpec, GrpcObservation> = {
  kind: 'grpc',
  prepare(spec) {
    if (spec.secure) secureContextFor(spec.tls.ca);
    return prepared.has(spec) ? undefined : prepareAll(spec);
  },
  measure: (spec, context) => new GrpcRun(spec, context).run(),
  judge: judgeGrpc,
};

async function prepareAll(spec: GrpcSpec) {
  const plan = await preparePlan(spec);
  if (plan !== undefined && !plan.ok) return plan.fault;
  const problem = await prepareGrpcJudge(spec);
  if (problem === undefined) prepared.add(spec);
  return problem;
}
