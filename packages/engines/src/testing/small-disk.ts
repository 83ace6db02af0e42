// A disk that is soon full, for real: a small one in a namespace of mounts that only the test's child
// sees. Where a process may not mount, the test says so and is skipped.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A command, and its arguments, that sees a disk of that size in the folder. */
export function onSmallDisk(
  bytes: number,
  folder: string,
  ...command: readonly string[]
): [string, string[]] {
  const script = 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"';
  return ['unshare', ['-m', 'sh', '-c', script, `${bytes}`, folder, ...command]];
}

/** For the `skip` of a test. */
export function whyNoSmallDisk(): string | false {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mount-'));
  const { status } = spawnSync(...onSmallDisk(1_000_000, folder, 'true'));
  rmSync(folder, { recursive: true });
  return status === 0 ? false : 'this process may not mount in a namespace of its own';
}
