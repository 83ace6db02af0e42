// Whether a gRPC answer is what the check expects: was it measured at all, the status, the health,
// the last message, the rules. The first thing that does not hold is the fault. What the message
// said is kept on a failure only.

import { type Fault, fault } from '@holdfast/kernel';
import type { GrpcSpec } from '@holdfast/resources/compiled-check';
import { judgeFault } from '../judge/fault-judge.ts';
import { jsonDifference } from '../judge/json-subset.ts';
import { countedJson, type RuleBudget } from '../judge/rule-cost.ts';
import { plainVariables, rulesFault } from '../judge/rule-judge.ts';
import { prepareRules, type RuleVariables } from '../judge/rules.ts';
import type { Judgement } from '../prober.ts';
import type { GrpcObservation } from './grpc-observation.ts';
import { GRPC_STATUS_NAMES, statusFault } from './grpc-status.ts';
import { authorityOf } from './target.ts';

/** What is expected where the check says nothing. */
const CODES = ['OK'];
const SERVING = ['SERVING'];
const DAY_MS = 86_400_000;
const EXCERPT_LENGTH = 512;

/** See Prober.prepare. */
export async function prepareGrpcJudge(spec: GrpcSpec): Promise<Fault | undefined> {
  const { codes, that } = spec.expect;
  const unknown = codes.find((code) => !GRPC_STATUS_NAMES.includes(code));
  const problem =
    unknown === undefined
      ? that.length > 0 && (await prepareRules(that))
      : `"${unknown}" is no status of gRPC; there are ${GRPC_STATUS_NAMES.join(', ')}.`;
  return problem ? fault('PROBER_INVALID_CHECK', problem) : undefined;
}

export function judgeGrpc(observation: GrpcObservation, spec: GrpcSpec): Judgement {
  const judgement = judgeFault(observation.fault ?? expectationFault(observation, spec));
  const json = observation.answer?.json;
  if (judgement.status === 'up' || json === undefined) return judgement;
  return { ...judgement, detail: { message_excerpt: excerptOf(json) } };
}

function expectationFault(observation: GrpcObservation, spec: GrpcSpec): Fault | undefined {
  return (
    codeFault(observation, spec) ??
    servingFault(observation, spec) ??
    jsonFault(observation, spec.expect.json) ??
    rulesFault(spec.expect.that, (budget) => variablesOf(observation, spec, budget))
  );
}

function codeFault({ status }: GrpcObservation, spec: GrpcSpec): Fault | undefined {
  const wanted = spec.expect.codes.length === 0 ? CODES : spec.expect.codes;
  // A stream that we ended after enough messages went well so far.
  if (wanted.includes(status?.name ?? 'OK')) return undefined;
  if (status === undefined) {
    const text = `The stream went on after enough messages; wanted ${wanted.join(', ')}.`;
    return fault('ASSERTION_GRPC_STATUS', text);
  }
  const mismatch = statusFault(status, wanted);
  return spec.call === undefined
    ? (healthFault(status.name, spec, mismatch) ?? mismatch)
    : mismatch;
}

/** What refusals of the health service itself mean. */
function healthFault(name: string, { service }: GrpcSpec, mismatch: Fault): Fault | undefined {
  if (name === 'NOT_FOUND') {
    const message = `The health service does not know the service "${service}" (NOT_FOUND).`;
    return { ...mismatch, message, cure: 'Check `service`: it is a name that the server sets.' };
  }
  if (name !== 'UNIMPLEMENTED') return undefined;
  const message = 'The server has no health service (UNIMPLEMENTED).';
  return { ...mismatch, message, cure: 'Add grpc.health.v1.Health, or give the check a `call`.' };
}

function servingFault({ answer }: GrpcObservation, spec: GrpcSpec): Fault | undefined {
  const found = answer?.servingStatus;
  const wanted = spec.expect.serving.length === 0 ? SERVING : spec.expect.serving;
  if (found === undefined || wanted.includes(found)) return undefined;
  const whose = spec.service === '' ? 'The server' : `The service ${spec.service}`;
  const message = `${whose} says that it is ${found}, wanted ${wanted.join(', ')}.`;
  return found === 'NOT_SERVING'
    ? fault('SERVER_NOT_SERVING', message)
    : fault('ASSERTION_GRPC_STATUS', message, undefined, 'Compare with `expect.serving`.');
}

function jsonFault({ answer }: GrpcObservation, wanted: unknown): Fault | undefined {
  if (wanted === undefined) return undefined;
  if (answer === undefined)
    return fault('ASSERTION_JSON', 'No message came.', undefined, JSON_CURE);
  if (answer.json === undefined) {
    const text = `The message cannot be shown as JSON: ${answer.jsonProblem}.`;
    return fault('ASSERTION_JSON', text, undefined, JSON_CURE);
  }
  const difference = jsonDifference(answer.json, wanted);
  if (difference === undefined) return undefined;
  return fault('ASSERTION_JSON', `In the message ${difference}.`, undefined, JSON_CURE);
}

const JSON_CURE = 'Compare the message with `expect.json`.';

/** `message` is absent without a message that can be shown as JSON, `certificate_days` without TLS. */
function variablesOf(
  observation: GrpcObservation,
  spec: GrpcSpec,
  budget: RuleBudget,
): RuleVariables {
  const { context, answer, atMs } = observation;
  const leaf = context.tls?.chain[0];
  return {
    ...plainVariables(observation, authorityOf(spec), budget),
    certificate_days: leaf === undefined ? undefined : (leaf.validToMs - atMs) / DAY_MS,
    message: answer?.json === undefined ? undefined : countedJson(answer.json, budget),
  };
}

function excerptOf(json: unknown): string {
  const text = JSON.stringify(json);
  return text.length <= EXCERPT_LENGTH ? text : `${text.slice(0, EXCERPT_LENGTH)}…`;
}
