import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
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

test('what a killed test left behind is removed, what a living one uses is not', async (context) => {
  if (!existsSync('/dev/shm')) return context.skip('this system keeps no files in memory');
  // No system counts its processes so far.
  const [dead, alive] = ['/dev/shm/holdfast-etcd-999999999-x', '/dev/shm/holdfast-etcd-1-x'];
  for (const folder of [dead, alive]) mkdirSync(folder, { recursive: true });
  context.after(() => rmSync(alive, { recursive: true }));
  const cluster = await startEtcdCluster();
  await cluster.close();
  assert.deepEqual([existsSync(dead), existsSync(alive)], [false, true]);
});
