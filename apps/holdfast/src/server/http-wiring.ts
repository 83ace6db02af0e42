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
  const { options, view, hub, metrics, startedAtMs } = server;
  const { store, source, agent, texts } = server.parts;
  return {
    clock: options.clock,
    logger: options.logger,
    access: options.access,
    view,
    hub,
    metrics,
    results: store.results,
    alertJournal: store.alertJournal,
    consoleFolder: CONSOLE_FOLDER,
    facts: () => ({
      startedAtMs,
      version: VERSION,
      demo: server.demo,
      ...(options.file === undefined ? {} : { configFile: options.file.shownAs }),
      ...(source.problem === undefined ? {} : { configProblem: source.problem }),
    }),
    agents: () => [agent.summary()],
    describe: (namespace, name) => describe(source.current, namespace, name),
    runNow: (namespace, check) => {
      if (!agent.summary().connected) return false;
      agent.runNow({ namespace, check });
      return true;
    },
    validate: (text, format) => texts.validate(text, format, aroundTexts(server)),
    tryCheck: (written, traceId) =>
      tryCheck(written, { ...source.current, ...aroundTexts(server) }, agent, traceId),
    faultTable: () => source.current.faultTable,
    readiness: () => ({ store: server.storing, agent: server.inForce }),
  };
}

function aroundTexts({ options: { file, preset }, parts }: HoldfastServer): AroundText {
  const { plugins, surroundings } = parts.source.current;
  return {
    plugins,
    surroundings,
    ...(file === undefined ? {} : { folder: dirname(file.path) }),
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
