// Where a plugin lies, in the one form by which modules are known: a file URL. Nothing is loaded from
// anywhere else, least of all over a network.

import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pluginInvalid } from './plugin-shape.ts';

/**
 * Of an absolute path, a file URL or, where it is said which file names it, a relative path or the name
 * of a package installed above that file. Throws PLUGIN_INVALID.
 */
export function pluginAddress(specifier: string, fromFile?: string): string {
  if (isAbsolute(specifier)) return pathToFileURL(specifier).href;
  if (specifier.startsWith('file:') && URL.canParse(specifier)) return new URL(specifier).href;
  if (fromFile === undefined) {
    throw pluginInvalid(specifier, 'is named neither by an absolute path nor by a file URL');
  }
  return foundFrom(specifier, fromFile);
}

function foundFrom(specifier: string, fromFile: string): string {
  try {
    const found = createRequire(resolve(fromFile)).resolve(specifier);
    if (isAbsolute(found)) return pathToFileURL(found).href;
  } catch (error) {
    throw pluginInvalid(specifier, `is not to be found from ${fromFile}`, error);
  }
  throw pluginInvalid(specifier, 'is a part of Node and no plugin');
}
