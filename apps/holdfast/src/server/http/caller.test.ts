import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Caller, findToken, mayCall, OPERATOR, type Role } from './caller.ts';

const as = (role: Role, namespace?: string): Caller => ({
  role,
  name: 'x',
  ...(namespace === undefined ? {} : { namespace }),
});
const may = (caller: Caller, line: string, namespace?: string) => {
  const [method = '', route = ''] = line.split(' ');
  return mayCall(caller, { method, route, namespace });
};

test('each role may call what it is for, and nothing else', () => {
  const calls: [string, Role[]][] = [
    ['GET /api/v1/overview', ['reader', 'writer']],
    ['GET /checks/:namespace/:name', ['reader', 'writer']],
    ['GET /api/v1/checks/:namespace/:name/results', ['reader', 'writer']],
    ['GET /api/v1/runs/:run', ['reader', 'writer']],
    ['POST /api/v1/validate', ['reader', 'writer']],
    ['POST /api/v1/runs', ['writer']],
    ['POST /api/v1/checks/:namespace/:name/run', ['writer']],
    ['POST /api/v1/resources/apply', ['writer']],
    ['GET /api/v1/fleet/agents/:id/work', ['agent']],
    ['POST /api/v1/fleet/agents/:id/results', ['agent']],
    ['POST /api/v1/coordination/txn', ['agent', 'service']],
    ['GET /metrics', []],
    ['GET /api/v1/fleet', []],
    ['DELETE /api/v1/overview', []],
  ];
  for (const [line, roles] of calls) {
    for (const role of ['reader', 'writer', 'agent', 'service'] as const)
      assert.equal(may(as(role, 'shop'), line), roles.includes(role), `${role}: ${line}`);
    assert.ok(may(OPERATOR, line));
  }
});

test('a token of a namespace reaches that one alone', () => {
  const line = 'GET /api/v1/checks/:namespace/:name';
  assert.ok(may(as('reader', 'shop'), line, 'shop'));
  assert.ok(!may(as('reader', 'shop'), line, 'bank'));
  assert.ok(may(as('reader'), line, 'bank'));
});

test('a token is found by its digest, and a damaged digest finds nobody', () => {
  const sha256 = createHash('sha256').update('hf_secret').digest('hex');
  const granted = [
    { ...as('reader', 'shop'), sha256: 'abc' },
    { ...as('writer', 'shop'), sha256 },
  ];
  assert.equal(findToken('hf_secret', granted)?.role, 'writer');
  assert.equal(findToken('hf_other', granted), undefined);
});
