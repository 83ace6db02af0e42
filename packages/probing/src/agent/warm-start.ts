// Where its code is not in the compile cache yet, a starting process strips the types itself, and the
// compiler's 40 MB then stay resident: half the agent's budget. Such a start only fills the cache and
// ends; the next one finds it warm. It costs some 0.3 s, once after each change of the code.

import { getCompileCacheDir } from 'node:module';

/** The exit code that asks for another start at once, this time with `--warmed`. */
export const EXIT_WARMED = 75;

/** Whether this process should end with EXIT_WARMED; never so once it is told that it was tried. */
export function worthWarming(warmed: boolean): boolean {
  return !warmed && getCompileCacheDir() !== undefined && compilerLoaded();
}

/** Node tells of its loaded parts in an undocumented list: without it the answer is no. */
function compilerLoaded(): boolean {
  const parts: unknown = Reflect.get(process, 'moduleLoadList');
  return Array.isArray(parts) && parts.some((part) => String(part).includes('/amaro/'));
}
