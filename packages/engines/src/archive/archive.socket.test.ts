// The cold tier on a real store: days exported, proven, dropped, read again, restored; cut off by kill -9
// and damaged on disk.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isHoldfastError, seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { sampleResult } from '../results/sample-results.ts';
import { openSqliteStore } from '../sqlite/open-store.ts';
import {
  ArchivedResults,
  archiveDay,
  listArchive,
  readArchive,
  restoreDay,
  verifyArchive,
} from './archive.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 2, 1);
const ALWAYS = { fromMs: 0, toMs: START_MS + 1000 * DAY_MS };
const POLICY = { rawMs: 100 * DAY_MS, minuteMs: 1e12, hourMs: 1e12 };
const CHILD = fileURLToPath(new URL('./testdata/archive-and-stall.ts', import.meta.url));

const top = mkdtempSync(join(tmpdir(), 'holdfast-archive-'));
after(() => rmSync(top, { recursive: true }));
let folders = 0;
const newFolder = () => join(top, String(++folders));

function openStore(path = ':memory:') {
  return openSqliteStore({ path, clock: systemClock, logger: silentLogger });
}

/** Two checks, every ten minutes. */
function runs(days: number, seed = 1, everyMs = 600_000): ProbeResult[] {
  const chance = seededChance(seed);
  return Array.from({ length: (days * DAY_MS) / everyMs }, (_, index) =>
    ['api', 'web'].map((check) =>
      sampleResult(chance, { check, plannedAtMs: START_MS + index * everyMs, failing: 0.1 }),
    ),
  ).flat();
}

function byKey(rows: readonly ProbeResult[]) {
  return new Map(rows.map((row) => [JSON.stringify(row.key), row]));
}

async function all(folder: string, query: object = {}): Promise<ProbeResult[]> {
  return Array.fromAsync(readArchive(folder, { ...ALWAYS, ...query }));
}

const verified = (folder: string) => Array.fromAsync(verifyArchive(folder));

const isDamaged = (error: unknown) =>
  isHoldfastError(error) && error.code === 'STORE_FAILED' && /damaged/.test(error.message);

describe('an archive', () => {
  it('holds a day to the last field, and gives it to another store', async () => {
    const [store, other, folder] = [await openStore(), await openStore(), newFolder()];
    const rows = runs(2);
    await store.results.append(rows);
    const { manifest } = await archiveDay(store.results, folder, START_MS);
    const first = rows.filter(({ key }) => key.plannedAtMs < START_MS + DAY_MS);
    assert.equal(manifest?.rows, first.length);
    assert.equal(manifest.day, '2026-03-01');
    assert.deepEqual(byKey(await all(folder)), byKey(first));
    const check = { namespace: 'default', check: 'web' };
    const some = await all(folder, {
      check,
      fromMs: START_MS + 3_600_000,
      toMs: START_MS + 7_200_000,
    });
    assert.deepEqual(
      some,
      first.filter(({ key }) => {
        const isWithin =
          key.plannedAtMs >= START_MS + 3_600_000 && key.plannedAtMs < START_MS + 7_200_000;
        return key.check === 'web' && isWithin;
      }),
    );
    assert.equal(await restoreDay(folder, '2026-03-01', other.results), first.length);
    assert.equal(await restoreDay(folder, '2026-03-01', other.results), 0);
    assert.deepEqual(
      byKey(await other.results.series({ check, ...ALWAYS })),
      byKey(first.filter(({ key }) => key.check === 'web')),
    );
    await store.close();
    await other.close();
  });

  it('adds what comes late for a day as a further edition, and nothing twice', async () => {
    const [store, folder] = [await openStore(), newFolder()];
    const rows = runs(1);
    await store.results.append(rows.slice(0, -20));
    await archiveDay(store.results, folder, START_MS);
    const again = await archiveDay(store.results, folder, START_MS);
    assert.deepEqual(again, { rows: rows.length - 20 });
    await store.results.append(rows);
    const late = await archiveDay(store.results, folder, START_MS);
    assert.deepEqual([late.manifest?.edition, late.manifest?.rows], [2, 20]);
    assert.equal(late.rows, rows.length);
    const read = await all(folder);
    assert.equal(read.length, rows.length);
    assert.deepEqual(byKey(read), byKey(rows));
    const empty = await archiveDay(store.results, folder, START_MS + 5 * DAY_MS);
    assert.deepEqual(empty, { rows: 0 });
    await store.close();
  });

  it('leaves nothing that counts when it is killed, and is begun anew', async () => {
    const [folder, path] = [newFolder(), join(newFolder(), 'results.db')];
    const store = await openStore(path);
    const rows = runs(1, 1, 20_000);
    await store.results.append(rows);
    await store.close();
    const flags = ['--disable-warning=ExperimentalWarning'];
    const child = spawn(process.execPath, [...flags, CHILD, path, folder, String(START_MS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(readdirSync(folder).length > 0, 'it had begun');
    assert.deepEqual(await listArchive(folder), []);
    const again = await openStore(path);
    const { manifest } = await archiveDay(again.results, folder, START_MS);
    assert.equal(manifest?.rows, rows.length);
    await again.close();
    const left = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
    assert.deepEqual(left, []);
  });

  it('says which file is damaged, and never gives part of it as the whole', async () => {
    const [store, folder] = [await openStore(), newFolder()];
    await store.results.append(runs(1));
    await archiveDay(store.results, folder, START_MS);
    await store.close();
    const faults = async () => (await verified(folder)).map(({ fault }) => fault);
    assert.deepEqual(await faults(), [undefined]);
    const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.zst'));
    const path = join(folder, name);
    const bytes = readFileSync(path);
    for (const broken of [
      bytes.subarray(0, bytes.length / 2),
      bytes.toReversed(),
      Buffer.alloc(0),
    ]) {
      writeFileSync(path, broken);
      assert.ok((await faults()).every(isDamaged));
      await assert.rejects(all(folder), isDamaged);
    }
    const flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, flipped);
    assert.ok((await faults()).every(isDamaged));
    writeFileSync(path, bytes);
    assert.deepEqual(await faults(), [undefined]);
    const [manifest = ''] = readdirSync(folder).filter((each) => each.endsWith('.json'));
    const good = readFileSync(join(folder, manifest), 'utf8');
    for (const broken of [
      '{"format": 7}',
      'null',
      '[',
      good.replace(/"file": ".*"/, '"file": "../../secret"'),
      good.replace(/"firstCheck": \{[^}]*\}/, '"firstCheck": null'),
      good.replace('2026-03-01', '2026-03-02'),
    ]) {
      writeFileSync(join(folder, manifest), broken);
      await assert.rejects(listArchive(folder), isDamaged);
      assert.ok((await faults()).every(isDamaged));
    }
    writeFileSync(join(folder, manifest), good);
    rmSync(path);
    assert.ok((await faults()).every(isDamaged));
    await assert.rejects(all(folder), isDamaged);
  });

  it('is not given back to a store that counts what it has forgotten', async () => {
    const [store, folder] = [await openStore(), newFolder()];
    const archived = new ArchivedResults(store.results, { folder }, silentLogger);
    await archived.append(runs(2));
    assert.ok((await archived.retain(POLICY, START_MS + 101.5 * DAY_MS)) > 0);
    const isRefused = (error: unknown) => isHoldfastError(error) && error.code === 'USAGE';
    await assert.rejects(restoreDay(folder, '2026-03-01', store.results), isRefused);
    assert.equal(await restoreDay(folder, '2026-03-02', store.results), 0);
    await archived.close();
  });
});

describe('a store with an archive', () => {
  it('drops only what the archive has, and answers from both as from one', async () => {
    const [store, plain, folder] = [await openStore(), await openStore(), newFolder()];
    const archived = new ArchivedResults(
      store.results,
      { folder, afterMs: 2 * DAY_MS },
      silentLogger,
    );
    const rows = runs(5);
    await plain.results.append(rows);
    await archived.append(rows);
    const nowMs = START_MS + 5 * DAY_MS;
    const perDay = rows.length / 5;
    assert.equal(await archived.retain(POLICY, nowMs), 3 * perDay);
    assert.equal((await archived.usage()).rawRows, 2 * perDay);
    assert.equal((await listArchive(folder)).length, 3);
    const check = { namespace: 'default', check: 'web' };
    for (const query of [
      {},
      { descending: true },
      { limit: 7 },
      { limit: 200, descending: true },
      { limit: 400, descending: true },
      { statuses: ['down' as const] },
      { fromMs: START_MS + 2.5 * DAY_MS, toMs: START_MS + 3.5 * DAY_MS },
    ]) {
      const both = { check, ...ALWAYS, ...query };
      assert.deepEqual(await archived.series(both), await plain.results.series(both));
    }
    assert.equal(await archived.retain(POLICY, nowMs + 2 * DAY_MS), 2 * perDay);
    assert.equal((await archived.usage()).rawRows, 0);
    const checks = ['web', 'nobody', 'api'].map((name) => ({ namespace: 'default', check: name }));
    const latest = { checks, perCheck: 50 };
    assert.deepEqual(await archived.latest(latest), await plain.results.latest(latest));
    await archived.close();
    await plain.close();
  });

  it('refuses a question that would read months, and answers its parts', async () => {
    const [store, folder] = [await openStore(), newFolder()];
    const options = { folder, afterMs: DAY_MS };
    const archived = new ArchivedResults(store.results, options, silentLogger);
    await archived.append(runs(70, 1, DAY_MS / 2));
    await archived.retain(POLICY, START_MS + 100 * DAY_MS);
    assert.equal((await listArchive(folder)).length, 70);
    const check = { namespace: 'default', check: 'web' };
    const isRefused = (error: unknown) => isHoldfastError(error) && error.code === 'USAGE';
    await assert.rejects(archived.series({ check, ...ALWAYS }), isRefused);
    const newest = await archived.series({ check, ...ALWAYS, descending: true, limit: 100 });
    assert.equal(newest.length, 100);
    const month = { fromMs: START_MS + 10 * DAY_MS, toMs: START_MS + 40 * DAY_MS };
    assert.equal((await archived.series({ check, ...month })).length, 60);
    await archived.close();
  });

  it('loses nothing that comes while a day leaves', async () => {
    const [store, folder] = [await openStore(), newFolder()];
    const archived = new ArchivedResults(store.results, { folder }, silentLogger);
    const rows = runs(1);
    const [late, early] = [rows.slice(0, 40), rows.slice(40)];
    await archived.append(early);
    const nowMs = START_MS + 200 * DAY_MS;
    const leaving = archived.retain(POLICY, nowMs);
    for (let at = 0; at < late.length; at += 1) {
      const { appended } = await archived.append(late.slice(at, at + 1));
      assert.equal(appended, 1);
    }
    await leaving;
    await archived.retain(POLICY, nowMs);
    assert.deepEqual(byKey(await all(folder)), byKey(rows));
    await archived.close();
  });

  it('ends at once when it is told to, and goes on another time', async () => {
    const [store, folder] = [await openStore(), newFolder()];
    const archived = new ArchivedResults(store.results, { folder }, silentLogger);
    const rows = runs(3);
    await archived.append(rows);
    const nowMs = START_MS + 200 * DAY_MS;
    const ending = new AbortController();
    const leaving = archived.retain(POLICY, nowMs, ending.signal);
    ending.abort();
    await assert.rejects(leaving, { name: 'AbortError' });
    assert.deepEqual(await listArchive(folder), []);
    assert.equal((await archived.usage()).rawRows, rows.length);
    assert.equal(await archived.retain(POLICY, nowMs), rows.length);
    await archived.close();
  });

  it('keeps a day that cannot be archived', async () => {
    const [store, folder] = [await openStore(), newFolder()];
    writeFileSync(folder, 'a file where the folder should be');
    const archived = new ArchivedResults(store.results, { folder, afterMs: DAY_MS }, silentLogger);
    await archived.append(runs(2));
    const { rawRows } = await archived.usage();
    await assert.rejects(archived.retain(POLICY, START_MS + 10 * DAY_MS));
    assert.equal((await archived.usage()).rawRows, rawRows);
    await archived.close();
  });
});
