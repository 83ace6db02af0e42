import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { coordinationConformance } from '../coordination/coordination.conformance.ts';
import { KEYS } from '../coordination/keys.ts';
import { openEmbeddedCoordination } from '../embedded/open-embedded.ts';
import { startCoordinationServer } from '../testing/coordination-server.ts';
import { everythingScope } from './coordination-service.ts';
import { openRemoteCoordination } from './remote-coordination.ts';

const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };

/** Two servers before one engine, and each client knows both. */
coordinationConformance('remote over embedded', async () => {
  const engine = await openEmbeddedCoordination(parts);
  const options = { coordination: engine, scopes: { token: everythingScope } };
  const servers = await Promise.all([
    startCoordinationServer(options),
    startCoordinationServer(options),
  ]);
  const urls = servers.map(({ url }) => url);
  const open = () => openRemoteCoordination({ ...parts, servers: urls, token: 'token' });
  const coordination = open();
  return {
    coordination,
    second: async () => open(),
    compact: (revision) => engine.compact(revision),
    prefix: `${KEYS.root}test/`,
    close: async () => {
      await coordination.close();
      await Promise.all(servers.map((server) => server.close()));
      await engine.close();
    },
  };
});
