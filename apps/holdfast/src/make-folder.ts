// Makes a folder that was named on the command line, for its owner's eyes only, and says by which option
// to choose another where that is not possible.

import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { HoldfastError, isHoldfastError } from '@holdfast/kernel';

/** Throws STORE_FAILED for what can be no folder of ours. */
export function makeFolder(folder: string, option: string): void {
  const cure = `Choose another folder with --${option}.`;
  try {
    makeLevels(folder);
    if (!statSync(folder).isDirectory())
      throw new HoldfastError('STORE_FAILED', `${folder} is no folder`, cure);
    accessSync(folder, constants.R_OK | constants.W_OK);
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    throw new HoldfastError('STORE_FAILED', `cannot make or write ${folder}`, cure, error);
  }
}

/** Level by level: asked to make all at once, Node never comes back from places like /proc. */
function makeLevels(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeLevels(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
