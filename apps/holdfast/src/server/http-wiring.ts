// What the HTTP face sees of the running server.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Configuration } from '@holdfast/resources/load';
import { VERSION } from '../version.ts';
import type { HoldfastServer } from './holdfast-server.ts';
import type { HttpDependencies } from './http/dependencies.ts';
import { tryCheck } from './trial.ts';
import type { AroundText } from './validation.ts';

const CONSOLE_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../../console/dist');

export function httpDependencies(server: HoldfastServer): HttpDependencies {
  const { options, plan, view, hub, metrics, startedAtMs } = server;
  const store = server.part('store');
  const source = server.part('source');
  const { agents, runs, fleet, overview, resources } = server.part('workforce');
  const texts = server.part('texts');
  return {
    clock: options.clock,
    logger: options.logger,
    access: { ...options.access, granted: () => source.current.access },
    view,
    hub,
    metrics,
    results: store.results,
    alertJournal: store.alertJournal,
    consoleFolder: CONSOLE_FOLDER,
    facts: () => ({
      startedAtMs,
      version: VERSION,
      demo: plan.demo,
      ...(plan.configFile === undefined ? {} : { configFile: plan.configFile }),
      ...(source.problem === undefined ? {} : { configProblem: source.problem }),
    }),
    agents: () => agents.summaries(),
    runs,
    resources,
    fleetOverview: overview,
    ...(fleet === undefined ? {} : { fleet }),
    describe: (namespace, name) => describe(source.current, namespace, name),
    runNow: (namespace, check) => agents.runNow({ namespace, check }),
    validate: (text, format) => texts.validate(text, format, aroundTexts(server)),
    tryCheck: (written, traceId) =>
      tryCheck(written, { ...source.current, ...aroundTexts(server) }, agents, traceId),
    faultTable: () => source.current.faultTable,
    readiness: () => ({ store: server.storing, agent: agents.inForce }),
  };
}

function aroundTexts({ plan: { folder, preset }, configuration }: HoldfastServer): AroundText {
  const { plugins, surroundings } = configuration;
  return {
    plugins,
    surroundings,
    ...(folder === undefined ? {} : { folder }),
    ...(preset === undefined ? {} : { preset }),
  };
}

function describe({ resources, sourceOf }: Configuration, namespace: string, name: string) {
  const resource = resources.find(
    ({ kind, metadata }) =>
      kind === 'Check' && metadata.name === name && metadata.namespace === namespace,
  );
  if (resource === undefined) return undefined;
  const source = sourceOf(namespace, name);
  return source === undefined ? { resource } : { resource, source };
}
