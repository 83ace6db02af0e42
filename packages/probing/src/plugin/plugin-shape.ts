// Whether what a module exports can be a plugin at all. Asked once when it is loaded; what is wrong is
// told in words for who wrote it.

import { HoldfastError } from '@holdfast/kernel';
import type { ProbeSpec } from '@holdfast/resources/compiled-check';
import type { PluginProber } from './plugin-prober.ts';

/** Every kind that is no plugin's; the compiler sees to it that none is missing. */
const BUILT_IN: Record<ProbeSpec['kind'], true> = {
  http: true,
  tcp: true,
  tls: true,
  dns: true,
  icmp: true,
  grpc: true,
  plugin: true,
};
const KIND = /^[a-z][a-z0-9-]{0,31}$/;
const SCHEME = /^[a-z][a-z0-9+.-]{0,31}$/;
const SCHEMES_MAX = 10;
const EXAMPLE_LENGTH_MAX = 200;
const CURE = 'Mend the plugin: it must export `prober` as the reference of plugins shows.';

/** Throws PLUGIN_INVALID. `specifier` names the module for people. */
export function pluginOf(module: unknown, specifier: string): PluginProber {
  const problem = problemOf(module);
  if (problem !== undefined) throw pluginInvalid(specifier, problem);
  return (module as { prober: PluginProber }).prober;
}

export function pluginInvalid(specifier: string, problem: string, cause?: unknown): HoldfastError {
  return new HoldfastError('PLUGIN_INVALID', `The plugin ${specifier} ${problem}.`, CURE, cause);
}

function problemOf(module: unknown): string | undefined {
  if (!isObject(module) || !isObject(module.prober)) return 'exports no object named `prober`';
  const { prober } = module;
  return (
    kindProblem(prober.kind) ??
    schemesProblem(prober.schemes) ??
    exampleProblem(prober.targetExample) ??
    schemaProblem(prober.schema) ??
    methodProblem(prober)
  );
}

function kindProblem(kind: unknown): string | undefined {
  if (typeof kind !== 'string' || kind === '') return 'has no `kind`';
  if (!KIND.test(kind)) {
    return `has the kind ${JSON.stringify(kind)}, which is not made of lower case letters, digits and dashes`;
  }
  return Object.hasOwn(BUILT_IN, kind) ? `has the kind "${kind}", which is built in` : undefined;
}

function schemesProblem(schemes: unknown): string | undefined {
  if (schemes === undefined) return undefined;
  const areRight =
    Array.isArray(schemes) &&
    schemes.length <= SCHEMES_MAX &&
    schemes.every((scheme) => typeof scheme === 'string' && SCHEME.test(scheme));
  if (!areRight) return `has \`schemes\` that are not a list of at most ${SCHEMES_MAX} URL schemes`;
  const taken = schemes.find((scheme) => Object.hasOwn(BUILT_IN, scheme) || scheme === 'https');
  return taken === undefined ? undefined : `has the scheme "${taken}", which is built in`;
}

function exampleProblem(example: unknown): string | undefined {
  const isRight =
    typeof example === 'string' && example !== '' && example.length <= EXAMPLE_LENGTH_MAX;
  return isRight ? undefined : 'has no `targetExample`';
}

function schemaProblem(schema: unknown): string | undefined {
  if (schema === undefined) return undefined;
  // Schemas of some libraries are functions.
  const standard = isObject(schema) ? schema['~standard'] : undefined;
  const isRight = isObject(standard) && typeof standard.validate === 'function';
  return isRight ? undefined : 'has a `schema` without `~standard.validate`';
}

function methodProblem(prober: Record<string, unknown>): string | undefined {
  if (typeof prober.measure !== 'function') return 'has no function `measure`';
  for (const name of ['judge', 'close']) {
    const method = prober[name];
    if (method !== undefined && typeof method !== 'function') {
      return `has a \`${name}\` that is no function`;
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
