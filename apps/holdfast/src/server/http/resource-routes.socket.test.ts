// Resources over HTTP, on the embedded engine: what is answered is what the document says, and tokens
// of a namespace reach no further.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Coordination } from '@holdfast/engines/coordination';
import { openEmbeddedCoordination } from '@holdfast/engines/embedded';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { hashToken } from '@holdfast/resources/access';
import { API_SCHEMAS } from '@holdfast/resources/api-schema';
import { ResourceStore } from '../../resource-store/resource-store.ts';
import { startResourceServer, type TestServer } from '../../testing/resource-server.ts';

const check = (name: string, namespace = 'default') => ({
  apiVersion: 'holdfast.dev/v1',
  kind: 'Check',
  metadata: { name, namespace },
  spec: { target: 'tcp://a:1', headers: undefined },
});

describe('resources over HTTP', () => {
  let coordination: Coordination;
  let server: TestServer;

  before(async () => {
    const surroundings = { clock: systemClock, chance: systemChance };
    coordination = await openEmbeddedCoordination({ ...surroundings, logger: silentLogger });
    const store = new ResourceStore({ coordination, ...surroundings });
    const grant = (name: string, role: 'reader' | 'writer') => ({
      name,
      role,
      namespace: 'team-a',
      sha256: hashToken(name),
    });
    server = await startResourceServer(store, {
      token: 'operator',
      granted: () => [grant('a-reads', 'reader'), grant('a-writes', 'writer')],
    });
  });
  after(async () => {
    await server.close();
    await coordination.close();
  });

  async function ask(path: string, token: string, body?: object) {
    const response = await fetch(`${server.url}/api/v1/${path}`, {
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, answer: (await response.json()) as never };
  }

  test('apply, tell and delete, each as its schema says', async () => {
    const applied = await ask('resources/apply', 'operator', {
      resources: [check('a'), check('b', 'team-a')],
      owner: 'shop',
    });
    assert.equal(applied.status, 200);
    API_SCHEMAS.ApplyAnswer.strict().parse(applied.answer);
    const told = await ask('resources?kind=Check&name=a', 'operator');
    const { resources } = API_SCHEMAS.StoredResources.strict().parse(told.answer);
    assert.deepEqual(
      resources.map(({ metadata: { updatedAtMs: _, ...metadata } }) => metadata),
      [{ name: 'a', namespace: 'default', generation: 1, updatedBy: 'operator', owner: 'shop' }],
    );
    const gone = await ask('resources/delete', 'operator', {
      resources: [{ kind: 'Check', name: 'a' }],
    });
    API_SCHEMAS.ApplyAnswer.strict().parse(gone.answer);
    const twice = await ask('resources/delete', 'operator', {
      resources: [{ kind: 'Check', name: 'a' }],
    });
    assert.equal(twice.status, 404);
  });

  test('a namespace is told and touches what is its own', async () => {
    await ask('resources/apply', 'operator', { resources: [check('c'), check('d', 'team-a')] });
    for (const token of ['a-reads', 'a-writes']) {
      const { answer } = await ask('resources', token);
      const { resources } = API_SCHEMAS.StoredResources.parse(answer);
      assert.ok(resources.length > 0);
      assert.ok(resources.every(({ metadata }) => metadata.namespace === 'team-a'));
    }
    const apply = (token: string, namespace: string) =>
      ask('resources/apply', token, { resources: [check('e', namespace)] });
    assert.equal((await apply('a-writes', 'team-a')).status, 200);
    assert.equal((await apply('a-writes', 'default')).status, 403);
    assert.equal((await apply('a-reads', 'team-a')).status, 403);
    assert.equal((await apply('nobody', 'team-a')).status, 401);
  });

  test('what is called wrongly is told, and takes nothing in', async () => {
    for (const [path, body, status] of [
      ['resources?kind=Chek', undefined, 400],
      ['resources?sort=name', undefined, 200],
      ['resources/apply', {}, 400],
      ['resources/apply', { resources: [1] }, 400],
      ['resources/apply', { resources: [], prune: true }, 400],
      ['resources/apply', { resources: [{ kind: 'Check', metadata: { name: 'x' } }] }, 422],
      ['resources/delete', { resources: [] }, 400],
      ['resources/delete', { resources: [{ kind: 'Gate', name: 'x' }] }, 400],
    ] as const)
      assert.equal((await ask(path, 'operator', body)).status, status, path);
  });
});
