// A disk that is full, for real: a small one in a namespace of mounts of the test's own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { onSmallDisk, whyNoSmallDisk } from '../testing/small-disk.ts';

const CHILD = fileURLToPath(new URL('./testdata/fill-disk.ts', import.meta.url));
const DISK_BYTES = 3_000_000;

it('refuses whole what the disk cannot take, and goes on once there is room', {
  skip: whyNoSmallDisk(),
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-full-'));
  try {
    const flags = ['--disable-warning=ExperimentalWarning'];
    const command = onSmallDisk(DISK_BYTES, folder, process.execPath, ...flags, CHILD, folder);
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
