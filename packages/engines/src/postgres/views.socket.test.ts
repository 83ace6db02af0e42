// What the schema promises to people who ask in SQL: the views say what the contract says, every query of
// the reference page runs, and the page names every column.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { fault, seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import type { Phase, ProbeResult } from '@holdfast/resources/result';
import { Client } from 'pg';
import { awkwardResults, sampleResult } from '../results/sample-results.ts';
import type { Store } from '../store/store.ts';
import { type PostgresServer, startPostgres } from '../testing/postgres-server.ts';
import { openPostgresStore } from './open-postgres-store.ts';

const PAGE = new URL('../../../../docs/reference/sql.md', import.meta.url);
const MINUTE_MS = 60_000;

let server: PostgresServer;
let store: Store;
let client: Client;
let rows: ProbeResult[];
before(async () => {
  server = await startPostgres();
  const options = { url: server.url, clock: systemClock, logger: silentLogger };
  store = await openPostgresStore(options);
  client = new Client(server.url);
  await client.connect();
  const chance = seededChance(1);
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  rows = Array.from({ length: 60 }, (_, index) =>
    sampleResult(chance, {
      check: 'web',
      location: index % 2 === 0 ? 'here' : 'there',
      plannedAtMs: nowMs - (index + 1) * MINUTE_MS,
      failing: 0.3,
    }),
  );
  await store.results.append([...rows, ending(rows[0], nowMs)]);
  await store.alertJournal.save({
    id: 'alert-1',
    rule: 'default/down',
    check: { namespace: 'default', check: 'web' },
    state: 'firing',
    sinceMs: nowMs - 20 * MINUTE_MS,
    firedAtMs: nowMs - 18 * MINUTE_MS,
    failures: 3,
    fault: fault('CONNECT_REFUSED', 'Nothing listens on 127.0.0.1:9', 'connect'),
  });
  await store.alertJournal.saveDelivery({
    id: 'delivery-1',
    alertId: 'alert-1',
    channel: 'default/mail',
    event: 'fired',
    state: 'failed',
    attempts: 5,
    createdAtMs: nowMs,
    outcome: '550 no such user',
    payload: '{}',
  });
});
after(async () => {
  await client.end();
  await store.close();
  await server.close();
});

/** The run of another check, whose certificate ends soon. */
function ending(row: ProbeResult | undefined, nowMs: number): ProbeResult {
  assert.ok(row?.context.tls);
  const [leaf, ...rest] = row.context.tls.chain;
  assert.ok(leaf);
  const soon = { ...leaf, fingerprint256: 'ab'.repeat(32), validToMs: nowMs + 5 * 86_400_000 };
  const tls = { ...row.context.tls, chain: [soon, ...rest] };
  return { ...row, key: { ...row.key, check: 'old' }, context: { ...row.context, tls } };
}

async function ask(text: string): Promise<Record<string, unknown>[]> {
  return (await client.query(text)).rows;
}

it('runs every query of the reference page, and each finds something', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  assert.ok(queries.length >= 9);
  for (const text of queries) {
    const found = await client.query(text);
    if (/^SELECT/.test(text)) assert.ok((found.rowCount ?? 0) > 0, `nothing found:\n${text}`);
  }
});

it('has every view and column that the page names, and no other', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const named = new Map<string, string[]>();
  for (const [, views = '', columns = ''] of page.matchAll(/^\| (`\w+`.*?) \| .*? \| (.*) \|$/gm)) {
    const all = [...columns.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
    for (const [, view = ''] of views.matchAll(/`(\w+)`/g)) named.set(view, all);
  }
  named.set('certificates_in_use', [
    ...(named.get('certificates_in_use') ?? []).filter((name) => name !== 'certificates_seen'),
    ...(named.get('certificates_seen') ?? []),
  ]);
  const found = await ask(`SELECT table_name AS view, array_agg(column_name::text) AS columns
    FROM information_schema.columns JOIN information_schema.views USING (table_schema, table_name)
    WHERE table_schema = 'holdfast' GROUP BY 1`);
  const sorted = (names: unknown) => [...(names as string[])].sort();
  const has = new Map(found.map(({ view, columns }) => [String(view), sorted(columns)]));
  assert.deepEqual(has, new Map([...named].map(([view, names]) => [view, sorted(names)])));
});

it('tells of a run what the contract tells', async () => {
  const [base] = rows;
  assert.ok(base);
  const odd = awkwardResults({ ...base, key: { ...base.key, check: 'odd' } });
  const nul = {
    ...base.detail,
    body_excerpt: 'a\u0000b\ud800c \\u0000',
    list: [1, { a: '\u0000' }],
  };
  odd.push({ ...base, key: { ...base.key, check: 'odd', attempt: 9 }, detail: nul });
  await store.results.append(odd);
  for (const row of [...rows, ...odd]) {
    const { key } = row;
    const [found] = await ask(`SELECT * FROM holdfast.check_runs WHERE "check" = '${key.check}'
      AND planned_at = '${new Date(key.plannedAtMs).toISOString()}' AND attempt = ${key.attempt}`);
    assert.ok(found);
    const readable = JSON.stringify(row.detail).replaceAll(/\\u(0000|d800)/g, '\\ufffd');
    assert.deepEqual(found.detail, JSON.parse(readable));
    assert.deepEqual(
      [found.namespace, found.location, found.status, found.total_ms, found.target, found.agent],
      [key.namespace, key.location, row.status, row.totalMs, row.target, row.agent],
    );
    assert.equal(found.fault_code, row.fault?.code ?? null);
    assert.deepEqual(toMicroseconds(found.phases), toMicroseconds(row.phases));
    const { tls, ...context } = found.context as ProbeResult['context'];
    const { tls: measured, ...others } = row.context;
    assert.deepEqual(context, others);
    assert.equal(tls?.cipher, measured?.cipher);
    const chain = measured?.chain.map(({ fingerprint256 }) => fingerprint256) ?? [];
    assert.deepEqual(found.certificate_chain, chain);
  }
});

/** SQL adds durations up in decimals, we in binary. */
function toMicroseconds(phases: unknown): unknown[] {
  return (phases as Phase[]).map(({ startMs, durationMs, ...rest }) => {
    return { ...rest, start: Math.round(startMs * 1000), duration: Math.round(durationMs * 1000) };
  });
}
