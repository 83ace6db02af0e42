// A server that stands alone: its configuration is a file (or the demo), its checks are run by an agent
// of its own.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Events } from '@holdfast/engines/events';
import { consumeRuns } from '@holdfast/fleet/runs';
import type { PresetName } from '@holdfast/resources/presets';
import type { ProbeResult } from '@holdfast/resources/result';
import { demoFile } from '../demo/demo-file.ts';
import { startDemoTargets } from '../demo/demo-targets.ts';
import type { EventsAddress } from '../engine-address.ts';
import { fileResources } from '../resource-store/file-resources.ts';
import { aloneOverview } from './alone-overview.ts';
import { type ConfigurationSource, openConfigurationSource } from './configuration-source.ts';
import { openEvents } from './engines.ts';
import type { HoldfastServer, ServerPlan, Workforce } from './holdfast-server.ts';
import { OWN_AGENT, OwnAgent } from './own-agent.ts';
import { openRunDesk } from './run-desk.ts';

const DEMO_FILE = 'demo.yaml';

export interface AloneOptions {
  location: string;
  /** Where runs are asked for. */
  events: EventsAddress;
  /** Laid under the file. */
  preset?: PresetName;
  /** Absent: the demo. */
  file?: { path: string; shownAs: string };
}

export function alone({ location, events, preset, file }: AloneOptions): ServerPlan {
  const always = new AbortController().signal;
  return {
    demo: file === undefined,
    ...(file === undefined ? {} : { configFile: file.shownAs, folder: dirname(file.path) }),
    ...(preset === undefined ? {} : { preset }),
    retaining: () => always,
    openSource: (server) => openSource(server, file, preset),
    openWorkforce: (server) => openWorkforce(server, { location, events, file: file?.path }),
  };
}

async function openSource(
  server: HoldfastServer,
  file: AloneOptions['file'],
  preset: PresetName | undefined,
): Promise<ConfigurationSource> {
  const { clock, logger } = server.options;
  return openConfigurationSource({
    ...(file ?? (await openDemo(server))),
    ...(preset === undefined ? {} : { preset }),
    clock,
    logger,
    onChange: (configuration) => server.enforce(configuration),
    onProblem: (problem) => server.tellProblem(problem),
  });
}

async function openDemo(server: HoldfastServer): Promise<{ path: string; shownAs: string }> {
  const { clock, chance, dataFolder } = server.options;
  const targets = await startDemoTargets(clock, chance);
  server.owns(() => targets.close());
  const path = join(dataFolder, DEMO_FILE);
  writeFileSync(path, demoFile(targets));
  return { path, shownAs: path };
}

async function openWorkforce(
  server: HoldfastServer,
  options: { location: string; events: EventsAddress; file: string | undefined },
): Promise<Workforce> {
  const { location, file } = options;
  const { clock, logger } = server.options;
  const { view, hub } = server;
  const events = await openEvents(options.events, server.options);
  server.owns(() => events.close());
  await server.part('alerting').start(server.configuration);
  const take = async (batch: readonly ProbeResult[]) => {
    await Promise.all([server.keep(batch), server.tell(batch)]);
  };
  const agents = new OwnAgent({
    clock,
    logger,
    location,
    ...(file === undefined ? {} : { file }),
    onResults: take,
    onSummary: (summary, missedByCheck) => {
      view.setMissedRuns(missedByCheck);
      hub.publish({ type: 'agents', agents: [summary] });
    },
    hasResult: ({ namespace, name }) => view.last(namespace, name) !== undefined,
  });
  const runs = openRunDesk(server, events, (asked) => [asked.location ?? location]);
  const queue = takeRuns(server, { agents, events, location, take });
  return {
    agents,
    runs: { ...runs, close: () => queue.close().then(() => runs.close()) },
    resources: fileResources(() => server.configuration, server.plan.configFile),
    overview: async () => aloneOverview(server, agents.summaries(), await events.facts()),
  };
}

/** The own agent is the only one of its location. */
function takeRuns(
  server: HoldfastServer,
  taking: {
    agents: OwnAgent;
    events: Events;
    location: string;
    take(batch: readonly ProbeResult[]): Promise<void>;
  },
): { close(): Promise<void> } {
  const { clock, chance, logger } = server.options;
  const closing = new AbortController();
  const consuming = consumeRuns(
    {
      events: taking.events,
      location: taking.location,
      agent: OWN_AGENT,
      checkOf: ({ namespace, check }) => server.checkNamed(namespace, check),
      handOut: ({ check }) => taking.agents.try(check),
      store: (result) => taking.take([result]),
      clock,
      chance,
      logger,
    },
    closing.signal,
  );
  return {
    close: () => {
      closing.abort();
      return consuming;
    },
  };
}
