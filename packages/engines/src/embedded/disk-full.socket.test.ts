// A disk that is full, for real: a small one in a namespace of mounts of the test's own.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./testdata/fill-disk.ts', import.meta.url));
const DISK_BYTES = 3_000_000;

/** A command, and its arguments, that sees a disk of its own in the folder. */
function onDisk(folder: string, ...command: readonly string[]): [string, string[]] {
  const script = 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"';
  return ['unshare', ['-m', 'sh', '-c', script, `${DISK_BYTES}`, folder, ...command]];
}

function whyNot(): string | false {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mount-'));
  const { status } = spawnSync(...onDisk(folder, 'true'));
  rmSync(folder, { recursive: true });
  return status === 0 ? false : 'this process may not mount in a namespace of its own';
}

it('refuses whole what the disk cannot take, and goes on once there is room', {
  skip: whyNot(),
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-full-'));
  try {
    const flags = ['--disable-warning=ExperimentalWarning'];
    const command = onDisk(folder, process.execPath, ...flags, CHILD, folder);
    const { full, again, reopened, code, message, warnings, healed } = JSON.parse(
      execFileSync(...command, { encoding: 'utf8', timeout: 60_000 }),
    );
    assert.equal(code, 'COORDINATION_FAILED');
    assert.match(message, /ENOSPC/);
    assert.match(warnings[0], /ENOSPC.*Free some space/);
    assert.deepEqual(healed, []);
    assert.ok(full.refused > 0 && full.acknowledged.length > 10);
    assert.deepEqual(full.keys, full.acknowledged.sort(), 'nothing of what was refused is seen');
    assert.equal(full.revision, 1 + full.acknowledged.length);
    assert.deepEqual(again.keys, again.acknowledged.sort());
    assert.ok(again.keys.includes('/again'), 'writes work again');
    assert.deepEqual(reopened, { keys: again.keys, revision: again.revision }, 'as on disk');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
