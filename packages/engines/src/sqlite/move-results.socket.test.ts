// A process killed while it brings a store of the first version on leaves every row in one place.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@holdfast/kernel';
import { MIGRATIONS, migrate } from './schema.ts';

const CHILD = fileURLToPath(new URL('./testdata/open-only.ts', import.meta.url));
const CHECKS = 200;
const RUNS = 600;
const KILLS_MAX = 50;
/** How often the test looks whether the child has begun to move. */
const LOOK_MS = 20;

function writeFirstVersion(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  migrate(database, MIGRATIONS.slice(0, 1));
  const check = database.prepare(`INSERT INTO checks VALUES (?, 'default', ?, 0)`);
  const result = database.prepare('INSERT INTO results VALUES (?, ?, 1, 0, 0, 90.125, 1, ?)');
  const body = new Uint8Array(200);
  database.exec('BEGIN');
  for (let id = 1; id <= CHECKS; id += 1) {
    check.run(id, `c${id}`);
    for (let run = 0; run < RUNS; run += 1) result.run(id, run * 60_000 + id, body);
  }
  database.exec('COMMIT');
  database.close();
}

function movedRows(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    if (database.prepare('PRAGMA user_version').get()?.user_version !== MIGRATIONS.length) return 0;
    return Number(database.prepare('SELECT count(*) AS n FROM results').get()?.n);
  } finally {
    database.close();
  }
}

/** Kills the child as soon as more rows have moved; false when it ended by itself. */
async function openAndKill(path: string): Promise<boolean> {
  const before = movedRows(path);
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, CHILD, path], { stdio: 'inherit' });
  const exited = once(child, 'exit');
  while (child.exitCode === null && movedRows(path) === before)
    await new Promise<void>((resolve) => {
      systemClock.after(LOOK_MS, resolve);
    });
  child.kill('SIGKILL');
  const [, signal] = await exited;
  return signal === 'SIGKILL';
}

it('loses and doubles no row when it is killed while rows move', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-move-'));
  try {
    const path = join(folder, 'results.db');
    writeFirstVersion(path);
    let kills = 0;
    while (kills < KILLS_MAX && (await openAndKill(path))) kills += 1;
    assert.ok(kills >= 1 && kills < KILLS_MAX, `killed ${kills} times`);
    const database = new DatabaseSync(path, { readOnly: true });
    const sums = 'count(*) AS n, sum(planned_ms) AS ms, count(DISTINCT check_id) AS checks';
    const ms = (CHECKS * RUNS * (RUNS - 1) * 60_000) / 2 + (RUNS * CHECKS * (CHECKS + 1)) / 2;
    const rows = database.prepare(`SELECT ${sums} FROM results`).get();
    assert.deepEqual({ ...rows }, { n: CHECKS * RUNS, ms, checks: CHECKS });
    const verdict = database.prepare('PRAGMA integrity_check').get();
    assert.deepEqual({ ...verdict }, { integrity_check: 'ok' });
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
