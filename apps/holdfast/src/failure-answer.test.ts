import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import { failureAnswer, toldResult } from './failure-answer.ts';
import { sampleResult } from './testing/sample.ts';

const EMPTY = { entries: [] };
const TRACE = 'a'.repeat(32);

test('a run that was up has no failure; another has its code, status and trace', () => {
  const up = sampleResult();
  assert.equal(toldResult(up, EMPTY, TRACE), up);
  const refused = sampleResult({
    status: 'down',
    fault: fault('CONNECT_REFUSED', 'no', 'connect'),
  });
  assert.deepEqual(toldResult(refused, EMPTY, TRACE).error, {
    code: 'ERR_SERVICE_UNAVAILABLE',
    http_status: 503,
    trace_id: TRACE,
  });
  const traced = { ...refused, context: { traceId: 'b'.repeat(32) } };
  assert.equal(failureAnswer(traced, EMPTY, TRACE)?.trace_id, 'b'.repeat(32));
});

test('the table of the file is asked first, and what nobody knows is told as that', () => {
  const result = sampleResult({ status: 'down', fault: fault('CONNECT_REFUSED', 'no', 'connect') });
  const own = { entries: [{ faultCode: 'CONNECT_*', code: 'ERR_OURS', httpStatus: 599 }] };
  assert.equal(failureAnswer(result, own, TRACE)?.code, 'ERR_OURS');
  assert.deepEqual(failureAnswer(sampleResult({ status: 'down' }), EMPTY, TRACE), {
    code: 'ERR_UNKNOWN',
    http_status: 500,
    trace_id: TRACE,
  });
});
