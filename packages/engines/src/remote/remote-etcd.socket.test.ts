import { after } from 'node:test';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { coordinationConformance } from '../coordination/coordination.conformance.ts';
import { KEYS } from '../coordination/keys.ts';
import { openEtcdCoordination } from '../etcd/open-etcd.ts';
import { startCoordinationServer } from '../testing/coordination-server.ts';
import { startEtcdCluster } from '../testing/etcd-cluster.ts';
import { everythingScope } from './coordination-service.ts';
import { openRemoteCoordination } from './remote-coordination.ts';

const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
const cluster = await startEtcdCluster();
after(() => cluster.close());

let stores = 0;

/** Two servers with a connection each of their own to etcd. */
coordinationConformance('remote over etcd', async () => {
  const openEngine = () => openEtcdCoordination({ ...parts, endpoints: cluster.endpoints });
  const engines = [await openEngine(), await openEngine()] as const;
  const servers = await Promise.all(
    engines.map((coordination) =>
      startCoordinationServer({ coordination, scopes: { token: everythingScope } }),
    ),
  );
  const urls = servers.map(({ url }) => url);
  const open = () => openRemoteCoordination({ ...parts, servers: urls, token: 'token' });
  const coordination = open();
  stores += 1;
  return {
    coordination,
    second: async () => open(),
    compact: (revision) => engines[0].compact(revision),
    prefix: `${KEYS.root}test-${stores}/`,
    close: async () => {
      await coordination.close();
      await Promise.all(servers.map((server) => server.close()));
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
});
