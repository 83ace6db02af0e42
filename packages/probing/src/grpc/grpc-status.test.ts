import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderFields } from '../http/response-head.ts';
import { GRPC_STATUS_NAMES, percentDecoded, statusFault, statusOf } from './grpc-status.ts';

test('messages are decoded, and what encodes nothing stands for itself', () => {
  assert.equal(percentDecoded('caf%C3%A9 %F0%9F%8D%95'), 'café 🍕');
  assert.equal(percentDecoded('100% of %zz and %4'), '100% of %zz and %4');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(percentDecoded(encodeURIComponent(text)), text);
    }),
  );
});

function fieldsOf(values: Record<string, string>): HeaderFields {
  const fields = new HeaderFields();
  for (const [name, value] of Object.entries(values)) fields.add(name, value);
  return fields;
}

test('a status is a number of its own', () => {
  assert.deepEqual(statusOf(fieldsOf({ 'grpc-status': '5', 'grpc-message': 'no%20such' })), {
    code: 5,
    name: 'NOT_FOUND',
    message: 'no such',
  });
  assert.equal(statusOf(fieldsOf({})), 'absent');
  for (const written of ['', 'OK', '-1', '0, 0', '1e3', '99999999999']) {
    assert.equal(statusOf(fieldsOf({ 'grpc-status': written })), 'invalid', written);
  }
  const unknown = statusOf(fieldsOf({ 'grpc-status': '77' }));
  assert.deepEqual(unknown, { code: 77, name: 'UNKNOWN', message: '' });
});

test('a message of any length is kept short', () => {
  const status = statusOf(fieldsOf({ 'grpc-status': '2', 'grpc-message': 'x'.repeat(5000) }));
  assert.equal(typeof status === 'object' && status.message.length, 512);
});

test('each status has its class', () => {
  const classes = GRPC_STATUS_NAMES.map((name, code) => [
    name,
    statusFault({ code, name, message: '' }, ['X']).class,
  ]);
  assert.deepEqual(Object.fromEntries(classes), {
    OK: 'assertion',
    CANCELLED: 'assertion',
    UNKNOWN: 'server',
    INVALID_ARGUMENT: 'refusal',
    DEADLINE_EXCEEDED: 'timeout',
    NOT_FOUND: 'refusal',
    ALREADY_EXISTS: 'assertion',
    PERMISSION_DENIED: 'refusal',
    RESOURCE_EXHAUSTED: 'refusal',
    FAILED_PRECONDITION: 'assertion',
    ABORTED: 'assertion',
    OUT_OF_RANGE: 'assertion',
    UNIMPLEMENTED: 'refusal',
    INTERNAL: 'server',
    UNAVAILABLE: 'server',
    DATA_LOSS: 'server',
    UNAUTHENTICATED: 'refusal',
  });
});
