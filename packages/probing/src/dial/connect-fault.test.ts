import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenFault, connectFaultCode } from './connect-fault.ts';

test('codes of the system become faults', () => {
  const code = (name: string, version: 4 | 6 = 4) =>
    connectFaultCode({ code: name, message: name }, version);
  assert.equal(code('ECONNREFUSED'), 'CONNECT_REFUSED');
  assert.equal(code('EHOSTUNREACH'), 'CONNECT_UNREACHABLE');
  assert.equal(code('ENETUNREACH'), 'CONNECT_UNREACHABLE');
  assert.equal(code('ETIMEDOUT'), 'CONNECT_UNREACHABLE');
  assert.equal(code('ECONNRESET'), 'CONNECT_RESET');
  assert.equal(code('EMFILE'), 'PROBER_OUT_OF_DESCRIPTORS');
  assert.equal(code('EADDRNOTAVAIL', 4), 'PROBER_FAILED');
  assert.equal(code('EADDRNOTAVAIL', 6), 'PROBER_NO_ROUTE');
  assert.equal(code('EAFNOSUPPORT', 6), 'PROBER_NO_ROUTE');
  assert.equal(code('ESOMETHING'), 'PROBER_FAILED');
  assert.equal(code('constructor'), 'PROBER_FAILED');
});

test('a connection that breaks names the phase and what happened', () => {
  const broken = brokenFault({ code: 'ECONNRESET', message: 'read ECONNRESET' }, 'wait');
  assert.deepEqual([broken.code, broken.phase], ['CONNECT_RESET', 'wait']);
  assert.match(broken.message, /wait phase.*reset by the peer \(ECONNRESET\)/);
  assert.equal(brokenFault({ code: 'ETIMEDOUT', message: '' }, 'transfer').code, 'CONNECT_RESET');
});
