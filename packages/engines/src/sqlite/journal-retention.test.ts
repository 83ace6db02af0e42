import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { forgetAlerts } from './journal-retention.ts';
import { migrate } from './schema.ts';

/** So many closed alerts and done deliveries, a second apart. */
function journalOf(count: number): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  const alert = database.prepare(`INSERT INTO alerts VALUES (?, ?, 'recovered', '{}')`);
  const delivery = database.prepare(`INSERT INTO deliveries VALUES (?, 'a', ?, 'delivered', '{}')`);
  for (let second = 0; second < count; second += 1)
    for (const insert of [alert, delivery]) insert.run(`${second}`, second * 1000);
  return database;
}

function counts(database: DatabaseSync): number[] {
  return ['alerts', 'deliveries'].map((table) =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n),
  );
}

it('goes on in slices, each with some progress, until only the bound is left', () => {
  const database = journalOf(3_000);
  let slices = 1;
  while (!forgetAlerts(database, 1_000_000, 500, () => false)) slices += 1;
  assert.deepEqual(counts(database), [500, 500]);
  assert.ok(slices > 5 && slices < 20, `${slices} slices`);
});

it('ends where too many rows must stay', () => {
  const database = journalOf(10);
  database.exec(`UPDATE alerts SET state = 'firing'; UPDATE deliveries SET state = 'pending'`);
  assert.equal(
    forgetAlerts(database, 1e9, 2, () => false),
    true,
  );
  assert.deepEqual(counts(database), [10, 10]);
});
