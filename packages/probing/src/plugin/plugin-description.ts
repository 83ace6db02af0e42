// A plugin as those know it who read checks and run none: its kind, how its targets look and whether
// options are right. Loading is synchronous, because reading a configuration is.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isHoldfastError } from '@holdfast/kernel';
import type { PluginDescription, PluginFault } from '@holdfast/resources/plugin';
import { pluginAddress } from './plugin-address.ts';
import type { OptionsIssue, PluginProber } from './plugin-prober.ts';
import { pluginInvalid, pluginOf } from './plugin-shape.ts';

const PROBLEMS_MAX = 20;
const HINT = 'write what the plugin says of its options';

const load = createRequire(import.meta.url);

/** As `LoadPlugin` of resources: see `pluginAddress` for the specifier. Throws PLUGIN_INVALID. */
export function describePlugin(specifier: string, fromFile?: string): PluginDescription {
  const plugin = loadPlugin(pluginAddress(specifier, fromFile));
  return {
    kind: plugin.kind,
    schemes: [...(plugin.schemes ?? [plugin.kind])],
    targetExample: plugin.targetExample,
    validate: (options) => problemsOf(plugin, options),
  };
}

function loadPlugin(address: string): PluginProber {
  try {
    return pluginOf(load(fileURLToPath(address)), address);
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw pluginInvalid(address, `cannot be loaded: ${reason}`, error);
  }
}

function problemsOf(plugin: PluginProber, options: unknown): PluginFault[] {
  try {
    const verdict = plugin.schema?.['~standard'].validate(options);
    if (verdict === undefined) return [];
    if (verdict instanceof Promise) {
      verdict.catch(() => {});
      return [problem([], `the schema of the plugin ${plugin.kind} does not answer at once`)];
    }
    return (verdict.issues ?? []).slice(0, PROBLEMS_MAX).map(ofIssue);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [problem([], `the schema of the plugin ${plugin.kind} failed: ${reason}`)];
  }
}

function ofIssue({ message, path = [] }: OptionsIssue): PluginFault {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
  return problem(
    keys.map((key) => (typeof key === 'number' ? key : String(key))),
    String(message),
  );
}

function problem(path: (string | number)[], message: string): PluginFault {
  return { path, message, hint: HINT };
}
