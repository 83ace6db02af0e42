import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FaultCode, fault } from '@holdfast/kernel';
import type { HttpExpectation } from '@holdfast/resources/compiled-check';
import type { CertificateFacts } from '@holdfast/resources/result';
import { BodyCollector } from '../http/body-collector.ts';
import type { HttpObservation } from '../http/http-observation.ts';
import { HeaderFields } from '../http/response-head.ts';
import { httpSpec } from '../testing/checks.ts';
import { judgeHttp, prepareHttpJudge } from './http-judge.ts';

const AT_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  certificateDays?: number;
}

function observation({
  status = 200,
  headers = {},
  body = '',
  certificateDays,
}: Answer): HttpObservation {
  const fields = new HeaderFields();
  for (const [name, value] of Object.entries(headers)) fields.add(name, value);
  const head = { status, httpVersion: '1.1', headers: fields };
  const collector = new BodyCollector({ bodyBytesMax: 1000 }, true);
  collector.begin(head);
  collector.take(Buffer.from(body));
  const leaf = { validToMs: AT_MS + (certificateDays ?? 0) * DAY_MS } as CertificateFacts;
  const tls = { version: 'TLSv1.3', cipher: 'x', verified: true, chain: [leaf] };
  return {
    totalMs: 12.5,
    phases: [
      { name: 'wait', hop: 0, startMs: 0, durationMs: 2 },
      { name: 'wait', hop: 1, startMs: 5, durationMs: 3 },
    ],
    context: certificateDays === undefined ? { urls: ['http://h.test/'] } : { tls },
    detail: {},
    head,
    body: collector,
    atMs: AT_MS,
  };
}

async function judged(expect: Partial<HttpExpectation>, answer: Answer): Promise<string> {
  const spec = httpSpec({ url: 'http://h.test/', expect });
  const unprepared = await prepareHttpJudge(spec);
  if (unprepared !== undefined) return unprepared.code;
  const judgement = judgeHttp(observation(answer), spec);
  return judgement.fault?.code ?? judgement.status;
}

const CASES: [expected: FaultCode | 'up', Partial<HttpExpectation>, Answer][] = [
  ['up', {}, {}],
  ['up', { status: [] }, { status: 500 }],
  ['up', { status: [{ from: 404, to: 404 }] }, { status: 404 }],
  ['REFUSED_BY_SERVER', {}, { status: 404 }],
  ['SERVER_FAILED', {}, { status: 500 }],
  ['ASSERTION_STATUS', {}, { status: 302 }],
  ['ASSERTION_STATUS', { status: [{ from: 404, to: 404 }] }, { status: 200 }],
  ['up', { headers: { 'Content-Type': '^text/' } }, { headers: { 'content-type': 'text/html' } }],
  [
    'ASSERTION_HEADER',
    { headers: { 'content-type': '^text/' } },
    { headers: { 'content-type': 'a/b' } },
  ],
  ['ASSERTION_HEADER', { headers: { 'x-a': '' } }, {}],
  [
    'up',
    { body: { contains: 'hello', matches: 'w.rld$', notMatches: 'bye' } },
    { body: 'hello world' },
  ],
  ['ASSERTION_BODY', { body: { contains: 'bye' } }, { body: 'hello' }],
  ['ASSERTION_BODY', { body: { matches: '^e' } }, { body: 'hello' }],
  ['ASSERTION_BODY', { body: { notMatches: 'ell' } }, { body: 'hello' }],
  ['up', { json: { a: { b: 1 } } }, { body: '{"a":{"b":1,"c":2}}' }],
  ['ASSERTION_JSON', { json: { a: 1 } }, { body: '{"a":2}' }],
  ['ASSERTION_JSON', { json: { a: 1 } }, { body: '<html>' }],
  ['up', { jsonSchema: { required: ['a'] } }, { body: '{"a":2}' }],
  ['ASSERTION_JSON', { jsonSchema: { required: ['a'] } }, { body: '{"b":2}' }],
  ['ASSERTION_JSON', { jsonSchema: {} }, { body: '<html>' }],
  ['PROBER_INVALID_CHECK', { jsonSchema: { $ref: 'https://far.test/s' } }, { body: '{}' }],
  [
    'up',
    {
      that: [
        'status == 200',
        'total_ms < 20.0',
        'phases["wait"] == 5.0',
        'target == "http://h.test/"',
      ],
    },
    {},
  ],
  [
    'up',
    { that: ['headers["x-a"] == "b"', 'body == "{\\"n\\": 3}"', 'json.n == 3'] },
    { headers: { 'x-a': 'b' }, body: '{"n": 3}' },
  ],
  ['ASSERTION_RULE', { that: ['status == 200', 'json.n == 3'] }, { body: 'no json' }],
  ['ASSERTION_RULE', { that: ['headers["nope"] == ""'] }, {}],
  ['up', { certificateDays: 10, that: ['certificate_days > 10.0'] }, { certificateDays: 11 }],
  ['ASSERTION_CERTIFICATE', { certificateDays: 10 }, { certificateDays: 9.9 }],
  ['ASSERTION_CERTIFICATE', { certificateDays: 10 }, {}],
  ['SERVER_FAILED', { body: { contains: 'x' }, headers: { 'x-a': '.' } }, { status: 502 }],
  ['PROBER_INVALID_CHECK', { that: ['status =='] }, {}],
  ['PROBER_INVALID_CHECK', { body: { matches: '(', notMatches: 'x' } }, { body: '' }],
];

for (const [expected, expect, answer] of CASES) {
  test(`${JSON.stringify(answer)} against ${JSON.stringify(expect)} is ${expected}`, async () => {
    assert.equal(await judged(expect, answer), expected);
  });
}

test('what stopped the measurement goes before every expectation', () => {
  const spec = httpSpec({ url: 'http://h.test/' });
  const of = (code: FaultCode) =>
    judgeHttp({ ...observation({ status: 500 }), fault: fault(code, 'x') }, spec).status;
  assert.deepEqual(
    [of('TIMEOUT'), of('CONNECT_REFUSED'), of('PROBER_EGRESS_DENIED')],
    ['timeout', 'down', 'invalid'],
  );
});

test('a check without patterns and rules has nothing to wait for, one with them only once', async () => {
  assert.equal(prepareHttpJudge(httpSpec({ url: 'http://h.test/' })), undefined);
  const spec = httpSpec({ url: 'http://h.test/', expect: { that: ['true'] } });
  await prepareHttpJudge(spec);
  assert.equal(prepareHttpJudge(spec), undefined);
});

test('the body is shown on a failure only', () => {
  const spec = httpSpec({ url: 'http://h.test/' });
  assert.equal(judgeHttp(observation({ body: 'fine' }), spec).detail, undefined);
  const failed = judgeHttp(observation({ status: 500, body: 'out of memory' }), spec);
  assert.deepEqual(failed.detail, { body_excerpt: 'out of memory' });
});
