// Whether an HTTP answer is what the check expects, asked in the order in which a person would look:
// was it measured at all, the status, the headers, the body, its JSON, the rules, the certificate.
// The first thing that does not hold is the fault. What the body said is kept on a failure only.

import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import type { BodyExpectation, HttpSpec, StatusRange } from '@holdfast/resources/compiled-check';
import type { HttpObservation } from '../http/http-observation.ts';
import type { ResponseHead } from '../http/response-head.ts';
import type { Judgement } from '../prober.ts';
import { judgeFault } from './fault-judge.ts';
import { HttpAnswer } from './http-answer.ts';
import { jsonSchemaFailure, prepareJsonSchema } from './json-schema.ts';
import { jsonDifference } from './json-subset.ts';
import { patternMatches, preparePatterns } from './patterns.ts';
import { rulesFault } from './rule-judge.ts';
import { prepareRules } from './rules.ts';

const DAY_MS = 86_400_000;

const prepared = new WeakSet<HttpSpec>();

/** See Prober.prepare. */
export function prepareHttpJudge(spec: HttpSpec): Promise<Fault | undefined> | undefined {
  const { headers, body, that, jsonSchema } = spec.expect;
  const patterns = Object.values(headers);
  if (body?.matches !== undefined) patterns.push(body.matches);
  if (body?.notMatches !== undefined) patterns.push(body.notMatches);
  const nothing = patterns.length === 0 && that.length === 0 && jsonSchema === undefined;
  if (nothing || prepared.has(spec)) return undefined;
  return prepareAll(spec, patterns, that);
}

export function judgeHttp(observation: HttpObservation, spec: HttpSpec): Judgement {
  const judgement = judgeFault(observation.fault ?? expectationFault(observation, spec));
  const excerpt = judgement.status === 'up' ? undefined : observation.body.excerpt();
  return excerpt === undefined ? judgement : { ...judgement, detail: { body_excerpt: excerpt } };
}

async function prepareAll(
  spec: HttpSpec,
  patterns: readonly string[],
  rules: readonly string[],
): Promise<Fault | undefined> {
  const problem =
    (patterns.length > 0 ? await preparePatterns(patterns) : undefined) ??
    (rules.length > 0 ? await prepareRules(rules) : undefined) ??
    (await schemaProblem(spec));
  if (problem !== undefined) return fault('PROBER_INVALID_CHECK', problem);
  prepared.add(spec);
  return undefined;
}

function schemaProblem({ expect }: HttpSpec): Promise<string | undefined> | undefined {
  return expect.jsonSchema === undefined ? undefined : prepareJsonSchema(expect.jsonSchema);
}

function expectationFault(observation: HttpObservation, spec: HttpSpec): Fault | undefined {
  const { expect } = spec;
  const { head } = observation;
  if (head === undefined) return fault('PROBER_FAILED', 'The measurement ended without an answer.');
  const answer = new HttpAnswer(observation, head, spec);
  return (
    statusFault(head, expect.status) ??
    (expect.versions === undefined ? undefined : versionFault(head, expect.versions)) ??
    headerFault(head, expect.headers) ??
    (expect.body === undefined ? undefined : bodyFault(answer.text, expect.body)) ??
    (expect.json === undefined ? undefined : jsonFault(answer, expect.json)) ??
    (expect.jsonSchema === undefined ? undefined : schemaFault(answer, expect.jsonSchema)) ??
    rulesFault(expect.that, (budget) => answer.variables(budget)) ??
    certificateFault(observation, expect.certificateDays)
  );
}

function statusFault({ status }: ResponseHead, ranges: readonly StatusRange[]): Fault | undefined {
  if (ranges.length === 0) return undefined;
  if (ranges.some(({ from, to }) => status >= from && status <= to)) return undefined;
  const wanted = ranges
    .map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`))
    .join(', ');
  return fault(statusFaultCode(status), `The status is ${status}, wanted ${wanted}.`);
}

function statusFaultCode(status: number): FaultCode {
  if (status >= 500 && status <= 599) return 'SERVER_FAILED';
  return status >= 400 && status <= 499 ? 'REFUSED_BY_SERVER' : 'ASSERTION_STATUS';
}

function versionFault(
  { httpVersion }: ResponseHead,
  versions: readonly string[],
): Fault | undefined {
  if (versions.includes(httpVersion)) return undefined;
  const message = `HTTP/${httpVersion} was spoken, wanted ${versions.join(' or ')}.`;
  return fault('ASSERTION_VERSION', message);
}

function headerFault(head: ResponseHead, expected: Record<string, string>): Fault | undefined {
  for (const [name, pattern] of Object.entries(expected)) {
    const value = head.headers.get(name.toLowerCase());
    if (value === undefined) return fault('ASSERTION_HEADER', `The header ${name} did not come.`);
    if (!patternMatches(pattern, value)) {
      return fault('ASSERTION_HEADER', `The header ${name} does not match "${pattern}".`);
    }
  }
  return undefined;
}

function bodyFault(
  text: string,
  { contains, matches, notMatches }: BodyExpectation,
): Fault | undefined {
  if (contains !== undefined && !text.includes(contains)) {
    return fault('ASSERTION_BODY', `The body does not contain "${contains}".`);
  }
  if (matches !== undefined && !patternMatches(matches, text)) {
    return fault('ASSERTION_BODY', `The body does not match "${matches}".`);
  }
  if (notMatches !== undefined && patternMatches(notMatches, text)) {
    return fault('ASSERTION_BODY', `The body matches "${notMatches}", which it must not.`);
  }
  return undefined;
}

function jsonFault(answer: HttpAnswer, wanted: unknown): Fault | undefined {
  const json = answer.json;
  if (!json.ok) return fault('ASSERTION_JSON', 'The body is not JSON.');
  const difference = jsonDifference(json.value, wanted);
  return difference === undefined
    ? undefined
    : fault('ASSERTION_JSON', `In the JSON body ${difference}.`);
}

function schemaFault(answer: HttpAnswer, schema: unknown): Fault | undefined {
  const json = answer.json;
  if (!json.ok) return fault('ASSERTION_JSON', 'The body is not JSON.');
  const failure = jsonSchemaFailure(json.value, schema);
  if (failure === undefined) return undefined;
  const message = `The JSON body does not satisfy the schema: ${failure}.`;
  return fault('ASSERTION_JSON', message, undefined, 'Compare the body with `expect.jsonSchema`.');
}

function certificateFault(
  observation: HttpObservation,
  days: number | undefined,
): Fault | undefined {
  if (days === undefined) return undefined;
  const leaf = observation.context.tls?.chain[0];
  if (leaf === undefined)
    return fault('ASSERTION_CERTIFICATE', 'The target showed no certificate.');
  const left = (leaf.validToMs - observation.atMs) / DAY_MS;
  if (left >= days) return undefined;
  const message = `The certificate is valid for ${Math.floor(left)} more days, wanted ${days}.`;
  return fault('ASSERTION_CERTIFICATE', message);
}
