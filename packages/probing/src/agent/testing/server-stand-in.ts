// A server of which a test wants only that it has an agent and can be killed: it writes the agent's
// process id on stdout and waits.

import { silentLogger, systemClock } from '@holdfast/kernel';
import { startAgent } from '../link.ts';

startAgent({
  clock: systemClock,
  logger: silentLogger,
  id: 'orphan-to-be',
  location: 'here',
  onResults: async () => {},
  onReady: (pid) => process.stdout.write(`${pid}\n`),
});
