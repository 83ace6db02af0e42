// A disk that is full: what was acknowledged is kept, what was refused is refused whole, and the store
// goes on by itself once there is room.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { onSmallDisk, whyNoSmallDisk } from '../testing/small-disk.ts';

const CHILD = fileURLToPath(new URL('./testdata/fill-store.ts', import.meta.url));
const DISK_BYTES = 20_000_000;

it('keeps what it acknowledged when the disk is full, and goes on once there is room', {
  skip: whyNoSmallDisk(),
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-full-'));
  try {
    const flags = ['--disable-warning=ExperimentalWarning'];
    const command = onSmallDisk(DISK_BYTES, folder, process.execPath, ...flags, CHILD, folder);
    const told = JSON.parse(execFileSync(...command, { encoding: 'utf8', timeout: 60_000 }));
    assert.equal(told.code, 'STORE_FAILED', told.message);
    assert.ok(told.acknowledged >= told.batch, 'it took some before');
    assert.equal(told.full, told.acknowledged, 'nothing of what was refused is seen');
    assert.equal(told.again, told.acknowledged + 2 * told.batch, 'it goes on');
    assert.equal(told.kept, told.again, 'as on disk');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
