// Where Holdfast keeps its data when nobody says otherwise: the user's own place for it on each system.

import { homedir } from 'node:os';
import { join } from 'node:path';

export function standardDataFolder(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string {
  const home = homedir();
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Holdfast');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Holdfast');
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'holdfast');
}

/** The store in a data folder. */
export function storeFile(dataFolder: string): string {
  return join(dataFolder, 'holdfast.db');
}
