// Plugins that a command line names: where they lie, and loaded for one command. A file is found from the
// working folder, anything else is a package installed above it.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { silentLogger } from '@holdfast/kernel';
import type { PluginRegistry } from '@holdfast/probing/plugin';
import type { Call, Surroundings } from '../cli/command.ts';

const MODULE = /\.[cm]?[jt]s$/;

type Around = Pick<Surroundings, 'clock' | 'environment' | 'workingDirectory'>;

/** By `--plugin`, else by HOLDFAST_PLUGINS, where commas part them. Files as absolute paths. */
export function pluginsNamed(
  call: Pick<Call, 'texts'>,
  { environment, workingDirectory }: Omit<Around, 'clock'>,
): string[] {
  const given = call.texts('plugin');
  const words = given.length > 0 ? given : (environment.HOLDFAST_PLUGINS ?? '').split(',');
  const named = words.map((word) => word.trim()).filter((word) => word !== '');
  return [...new Set(named)].map((word) => {
    const path = resolve(workingDirectory, word);
    return word.startsWith('.') || MODULE.test(word) || existsSync(path) ? path : word;
  });
}

/** undefined: none are named, and nothing was loaded. Throws PLUGIN_INVALID. */
export async function loadedPlugins(
  named: readonly string[],
  { clock, workingDirectory }: Omit<Around, 'environment'>,
): Promise<PluginRegistry | undefined> {
  if (named.length === 0) return undefined;
  const { PluginRegistry, pluginAddress } = await import('@holdfast/probing/plugin');
  // What is wrong with one was told by name when the check was read.
  const registry = new PluginRegistry({ clock, logger: silentLogger });
  await registry.use(named.map((one) => pluginAddress(one, join(workingDirectory, 'command'))));
  return registry;
}
