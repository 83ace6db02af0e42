import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeOf } from './code-of.ts';

it('names the code of an answer in the words of its protocol', () => {
  assert.equal(codeOf({ kind: 'http', detail: { status_code: 503 } }), '503');
  assert.equal(
    codeOf({ kind: 'grpc', detail: { grpc_status: 'UNAVAILABLE', grpc_status_code: 14 } }),
    'UNAVAILABLE',
  );
  assert.equal(codeOf({ kind: 'dns', detail: { rcode: 'NXDOMAIN' } }), 'NXDOMAIN');
});

it('knows none where there was no answer, or no such thing', () => {
  assert.equal(codeOf({ kind: 'http', detail: {} }), undefined);
  assert.equal(codeOf({ kind: 'tcp', detail: { status_code: 200 } }), undefined);
  for (const value of [null, '', Number.NaN, 1.5, {}, [200]])
    assert.equal(codeOf({ kind: 'http', detail: { status_code: value } }), undefined);
});

it('bounds what a code may be', () => {
  assert.equal(codeOf({ kind: 'dns', detail: { rcode: 'x'.repeat(41) } }), 'other');
  assert.equal(codeOf({ kind: 'dns', detail: { rcode: 'a\0' } }), 'other');
});
