import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS, type FaultCode, fault } from '@holdfast/kernel';
import { type DEFAULT_FAULT_TABLE, lookUpFault } from './fault-table.ts';

const answerTo = (
  code: FaultCode,
  table = { entries: [] as typeof DEFAULT_FAULT_TABLE.entries },
) => {
  const { code: answer, httpStatus } = lookUpFault(table, fault(code, 'x'));
  return `${answer} ${httpStatus}`;
};

test('the house says four things', () => {
  assert.equal(answerTo('CONNECT_REFUSED'), 'ERR_SERVICE_UNAVAILABLE 503');
  assert.equal(answerTo('TIMEOUT_PHASE'), 'ERR_GATEWAY_TIMEOUT 504');
  assert.equal(answerTo('PROBER_INVALID_CHECK'), 'ERR_INVALID_PARAM 400');
  assert.equal(answerTo('NAME_NOT_FOUND'), 'ERR_UNKNOWN 500');
});

test('every fault has one of these answers', () => {
  const answers = new Set((Object.keys(FAULTS) as FaultCode[]).map((code) => answerTo(code)));
  assert.equal(answers.size, 4);
});

test('the first entry that fits wins, by class, code, both, or the beginning of a code', () => {
  const table = {
    entries: [
      { faultClass: 'tls' as const, faultCode: 'CONNECT_*', code: 'ERR_NEVER', httpStatus: 500 },
      { faultCode: 'CONNECT_REFUSED', code: 'ERR_CLOSED', httpStatus: 502 },
      { faultClass: 'connect' as const, code: 'ERR_CONNECT', httpStatus: 503 },
      { faultCode: 'CONNECT_REFUSED', code: 'ERR_LATE', httpStatus: 500 },
    ],
  };
  assert.equal(answerTo('CONNECT_REFUSED', table), 'ERR_CLOSED 502');
  assert.equal(answerTo('CONNECT_RESET', table), 'ERR_CONNECT 503');
  assert.equal(answerTo('TIMEOUT_PHASE', table), 'ERR_GATEWAY_TIMEOUT 504');
});
