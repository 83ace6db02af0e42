// What `append` promised survives a process that is killed in the middle of the next one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isHoldfastError, silentLogger, systemClock } from '@holdfast/kernel';
import { openSqliteStore } from './open-store.ts';

const CHILD = fileURLToPath(new URL('./testdata/append-forever.ts', import.meta.url));
const COMMITTED_ROWS_WANTED = 2_000;
const ALWAYS = { fromMs: 0, toMs: 1e12 };

/** Kills the child once enough is committed; returns the last number it could tell. */
async function appendAndKill(path: string): Promise<number> {
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, CHILD, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let committed = 0;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      committed = Number(line);
      if (committed === COMMITTED_ROWS_WANTED) {
        const locked = (error: unknown) => isHoldfastError(error) && error.code === 'DATA_LOCKED';
        await assert.rejects(open(path), locked, 'locked across processes');
        child.kill('SIGKILL');
      }
    }
  } finally {
    child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  assert.equal(signal, 'SIGKILL');
  return committed;
}

function open(path: string) {
  return openSqliteStore({ path, clock: systemClock, logger: silentLogger });
}

it('finds every committed row after kill -9, and the file whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
  try {
    const path = join(folder, 'results.db');
    const committed = await appendAndKill(path);
    assert.ok(committed >= COMMITTED_ROWS_WANTED);
    const store = await open(path);
    try {
      const { rawRows } = await store.results.usage();
      assert.ok(rawRows >= committed, `${rawRows} rows, ${committed} were committed`);
      const hours = await store.results.rollups({ ...ALWAYS, stepMs: 3_600_000 });
      const counted = hours.reduce((sum, { counts }) => sum + counts.up, 0);
      assert.equal(counted, rawRows, 'rollups count what is there');
      const check = { namespace: 'default', check: 'c0' };
      const series = await store.results.series({ check, ...ALWAYS, limit: 10_000 });
      assert.ok(series.length >= committed / 4);
    } finally {
      await store.close();
    }
    const database = new DatabaseSync(path, { readOnly: true });
    assert.deepEqual(
      { ...database.prepare('PRAGMA integrity_check').get() },
      { integrity_check: 'ok' },
    );
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
