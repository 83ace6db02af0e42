// What can be wrong with the folder of coordination, said with what to do about it.

import { HoldfastError } from '@holdfast/kernel';
import { coordinationFailed } from '../coordination/coordination-error.ts';

const CURES = new Map([
  ['ENOSPC', 'Free some space on the disk: writing goes on by itself.'],
  ['EDQUOT', 'Free some space, or raise the quota: writing goes on by itself.'],
  ['EFBIG', 'Raise the limit of file sizes for this process.'],
  ['EROFS', 'Mount the disk for writing.'],
  ['EIO', 'The disk failed: look at the log of the machine.'],
]);
const CURE_DEFAULT = 'Check that the folder exists and that Holdfast may write there.';

/** Nothing of what was to be written counts. */
export function cannotWrite(folder: string, cause: unknown): HoldfastError {
  const what = `Coordination cannot write to ${folder}: ${textOf(cause)}`;
  return coordinationFailed(what, cureOf(cause), cause);
}

export function cannotOpen(folder: string, cause: unknown): HoldfastError {
  const what = `Coordination cannot be opened in ${folder}: ${textOf(cause)}`;
  return new HoldfastError('STORE_FAILED', what, cureOf(cause), cause);
}

export function damaged(path: string, how: string): HoldfastError {
  return new HoldfastError(
    'STORE_FAILED',
    `${path} is damaged: ${how}`,
    'Restore the folder from a backup, or move it away to start empty; what was acknowledged must not be cut off unseen.',
  );
}

export function tooNew(path: string, version: number): HoldfastError {
  return new HoldfastError(
    'STORE_TOO_NEW',
    `${path} has layout ${version}, which this Holdfast does not know`,
    'Use the newer Holdfast that wrote it, or give this one a place of its own with --data DIR.',
  );
}

function cureOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return CURES.get(code) ?? CURE_DEFAULT;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
