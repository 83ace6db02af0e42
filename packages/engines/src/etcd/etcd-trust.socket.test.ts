import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { always, isCode, put, watched } from '../coordination/opened.conformance.ts';
import { startEtcdCluster } from '../testing/etcd-cluster.ts';
import { ownLoopbackAddress } from '../testing/loopback.ts';
import { makeCertificates } from '../testing/made-certificates.ts';
import { openEtcdCoordination } from './open-etcd.ts';

const PARTS = { clock: systemClock, chance: systemChance, logger: silentLogger };

describe('an etcd that asks who we are', { concurrency: true }, () => {
  test('user and password: tokens are fetched, and anew when they are no longer taken', async () => {
    const cluster = await startEtcdCluster({ flags: ['--auth-token-ttl=1', '--bcrypt-cost=4'] });
    const { endpoints } = cluster;
    try {
      const early = await openEtcdCoordination({ ...PARTS, endpoints, user: 'a', password: 'b' });
      await early.txn(always(put('/open/a')));
      for (const command of [
        'user add root:master',
        'user grant-role root root',
        'role add holdfast',
        'role grant-permission --prefix=true holdfast readwrite /holdfast/',
        'user add holdfast:pass word',
        'user grant-role holdfast holdfast',
        'auth enable',
      ])
        await cluster.control(command.split(/ (?!word)/));
      const user = { user: 'holdfast', password: 'pass word' };
      const coordination = await openEtcdCoordination({ ...PARTS, endpoints, ...user });
      const { revision } = await coordination.txn(always(put('/holdfast/a')));
      await assert.rejects(coordination.get('/else/a'), isCode('FORBIDDEN'));
      const together = [coordination.get('/else/a'), coordination.get('/holdfast/a')];
      const [refused, found] = await Promise.allSettled(together);
      assert.ok(refused?.status === 'rejected' && isCode('FORBIDDEN')(refused.reason));
      assert.ok(found?.status === 'fulfilled' && found.value?.key === '/holdfast/a');
      await assert.rejects(coordination.txn(always(put('/else/a'))), isCode('FORBIDDEN'));
      await assert.rejects(watched(coordination, '/else/', 1n, 1), isCode('FORBIDDEN'));
      const lease = await coordination.lease(2_000);
      await cluster.nodes[0]?.restart();
      // The member knows no token any more.
      assert.equal((await watched(coordination, '/holdfast/a', revision, 1)).length, 1);
      await coordination.txn(always(put('/holdfast/b', 'x', lease.id)));
      await new Promise((resolve) => setTimeout(resolve, 2_200));
      await coordination.txn(always(put('/holdfast/c')));
      assert.equal((await coordination.list('/holdfast/')).entries.length, 4, 'and the store');
      assert.equal((await coordination.facts()).members.length, 1);
      await coordination.close();
      await early.close();
      for (const [wrong, code] of [
        [{ ...user, password: 'guess' }, 'UNAUTHORIZED'],
        [{ user: 'nobody', password: 'guess' }, 'UNAUTHORIZED'],
      ] as const)
        await assert.rejects(
          openEtcdCoordination({ ...PARTS, endpoints, ...wrong }),
          (error) => isCode(code)(error) && !String(error).includes('guess'),
        );
      const unknown = await openEtcdCoordination({ ...PARTS, endpoints });
      await assert.rejects(unknown.get('/holdfast/a'), isCode('UNAUTHORIZED'));
      await unknown.close();
    } finally {
      await cluster.close();
    }
  });

  test('TLS with an authority of its own and client certificates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-tls-'));
    const host = await ownLoopbackAddress([2379, 3379]);
    const files = await makeCertificates(folder, host);
    const cluster = await startEtcdCluster({ tls: { ...files, host, clientCertificates: true } });
    const { endpoints } = cluster;
    const [ca, certificate, key] = await Promise.all(
      [files.ca, files.cert, files.key].map((path) => readFile(path, 'utf8')),
    );
    if (ca === undefined || certificate === undefined || key === undefined) assert.fail();
    try {
      const tls = { ca, certificate, key };
      const coordination = await openEtcdCoordination({ ...PARTS, endpoints, tls });
      const { revision } = await coordination.txn(always(put('/tls/a')));
      assert.equal((await watched(coordination, '/tls/', revision, 1)).length, 1);
      await coordination.close();
      for (const bad of [{}, { ca }, { certificate, key }]) {
        const opened = openEtcdCoordination({ ...PARTS, endpoints, tls: bad, timeoutMs: 500 });
        await assert.rejects(opened, isCode('COORDINATION_FAILED'));
        await assert.rejects(opened, /certificate|alert|TLS|authority/i);
      }
      const plain = endpoints.map((url) => url.replace('https:', 'http:'));
      const opened = openEtcdCoordination({ ...PARTS, endpoints: plain, timeoutMs: 500 });
      await assert.rejects(opened, isCode('COORDINATION_FAILED'));
    } finally {
      await cluster.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('bad options are refused before anything is dialled', async () => {
    const endpoints = ['http://127.0.0.1:1'];
    for (const bad of [
      { endpoints: [] },
      { endpoints: ['127.0.0.1:2379'] },
      { endpoints: ['http://user:secret@127.0.0.1:2379'] },
      { endpoints: ['http://127.0.0.1:2379/path'] },
      { endpoints, connectionsMax: 0 },
      { endpoints, connectionsMax: 1.5 },
      { endpoints, user: 'a' },
      { endpoints, root: '\ud800' },
    ])
      await assert.rejects(
        openEtcdCoordination({ ...PARTS, ...bad }),
        (error) => isCode('USAGE')(error) && !String(error).includes('secret'),
      );
    const nobody = openEtcdCoordination({ ...PARTS, endpoints, timeoutMs: 300 });
    await assert.rejects(nobody, isCode('COORDINATION_FAILED'));
  });
});
