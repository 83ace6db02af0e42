import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEtcdCluster } from './etcd-cluster.ts';

test('three members serve, lose one, change their leader, and come back', async () => {
  const cluster = await startEtcdCluster({ nodes: 3 });
  try {
    await cluster.control(['put', 'a', '1']);
    const first = await cluster.leader();
    const second = await cluster.moveLeader();
    assert.notEqual(second.name, first.name);
    await second.kill();
    assert.notEqual((await cluster.leader()).name, second.name);
    await second.restart();
    assert.equal(
      await cluster.control(['get', 'a', '--print-value-only'], [second.endpoint]),
      '1\n',
    );
    await cluster.wipe();
    assert.equal(await cluster.control(['get', 'a', '--print-value-only']), '');
  } finally {
    await cluster.close();
  }
});
