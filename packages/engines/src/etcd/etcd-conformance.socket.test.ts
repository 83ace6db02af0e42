import { after } from 'node:test';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { coordinationConformance } from '../coordination/coordination.conformance.ts';
import { startEtcdCluster } from '../testing/etcd-cluster.ts';
import { openEtcdCoordination } from './open-etcd.ts';

const cluster = await startEtcdCluster({ nodes: 3 });
after(() => cluster.close());

let stores = 0;

coordinationConformance('etcd, three members', async () => {
  const { endpoints } = cluster;
  const root = '/somewhere';
  const options = { clock: systemClock, chance: systemChance, logger: silentLogger, root };
  const coordination = await openEtcdCoordination({ ...options, endpoints });
  stores += 1;
  return {
    coordination,
    second: () => openEtcdCoordination({ ...options, endpoints, connectionsMax: 2 }),
    compact: (revision) => coordination.compact(revision),
    prefix: `/conformance-${stores}/`,
    close: () => coordination.close(),
  };
});
