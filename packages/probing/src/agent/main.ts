// The agent's process: started by the server's link with a message channel, named on the command
// line, and alive only as long as that channel is. It must never outlive its server.

import { parseArgs } from 'node:util';
import { systemClock } from '@holdfast/kernel';
import { PluginRegistry } from '../plugin/plugin-registry.ts';
import { blamePlugin } from '../plugin/plugin-run.ts';
import { createProbeRunner } from '../probe.ts';
import { loadProbers } from '../probers.ts';
import { Agent } from './agent.ts';
import { auditLog } from './audit-log.ts';
import { channelLogger } from './channel-logger.ts';
import { loadLazyParts } from './lazy-parts.ts';
import { TickingLoopLag } from './loop-lag.ts';
import type { FromAgent, ToAgent } from './protocol.ts';
import { EXIT_WARMED, worthWarming } from './warm-start.ts';

const USAGE = 'The agent is started by the server: holdfast up, or holdfast agent.\n';

const { id, location, warmed } = parseArgs({
  options: {
    id: { type: 'string' },
    location: { type: 'string' },
    warmed: { type: 'boolean', default: false },
  },
}).values;
const say = process.send?.bind(process);
if (id === undefined || location === undefined || say === undefined) {
  process.stderr.write(USAGE);
  process.exit(2);
}
if (worthWarming(warmed)) {
  await loadLazyParts();
  process.exit(EXIT_WARMED);
}
process.title = `holdfast-agent ${id}`;
await loadProbers();

// A channel that closed while a message was on its way also ends this process, see disconnect.
const send = (message: FromAgent) => void say(message, undefined, undefined, () => {});
const logger = channelLogger(send);
const plugins = new PluginRegistry({ clock: systemClock, logger });
const agent = new Agent({
  clock: systemClock,
  logger,
  plugins,
  loopLag: new TickingLoopLag(systemClock),
  residentBytes: () => process.memoryUsage.rss(),
  send,
  runner: createProbeRunner({
    clock: systemClock,
    egress: { deny: [], allow: [] },
    agent: id,
    location,
    environment: process.env,
    audit: auditLog(logger),
    plugins,
  }),
});

process.on('message', (message: ToAgent) => {
  if (message.type === 'stop') void stop();
  else agent.receive(message);
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group of processes: the server decides, and says stop.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void stop());
process.on('uncaughtException', (error) => {
  const plugin = blamePlugin(error);
  if (plugin !== undefined) {
    logger.error('A plugin failed where nobody waits for it.', { plugin, error });
    return;
  }
  process.stderr.write(`${error.stack ?? error.message}\n`);
  const last: FromAgent = {
    type: 'log',
    level: 'error',
    message: 'The agent failed and ends.',
    fields: { error: error.stack ?? error.message },
  };
  say(last, undefined, undefined, () => process.exit(1));
});
send({ type: 'ready', id, location, pid: process.pid });

let stopping: Promise<void> | undefined;

function stop(): Promise<void> {
  stopping ??= agent.close().then(() => {
    // Sent after all results, so that once it is written they are too.
    const farewell: FromAgent = {
      type: 'log',
      level: 'info',
      message: 'The agent stopped.',
      fields: {},
    };
    say?.(farewell, undefined, undefined, () => process.exit(0));
  });
  return stopping;
}
