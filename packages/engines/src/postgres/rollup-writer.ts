// The rollups of a batch, added to those that are stored. Several servers append at the same time: each
// locks the buckets it touches in the order of their keys, so that none waits in a circle, reads what is
// there, adds, and writes. New buckets go in as they are.

import { HOUR_MS, MINUTE_MS } from '../results/questions.ts';
import type { RowBatch } from '../rows/batch-encoder.ts';
import { RollupBucket, type StoredBucket } from '../rows/rollup-bucket.ts';
import { byteaArray, int4Array, textArray, timeArray } from './binary-array.ts';
import { type Client, query, type Row } from './database.ts';

interface Keyed {
  startMs: number;
  checkId: number;
  bucket: RollupBucket;
}

/** As PostgreSQL writes a bucket: counts, sketch, up_code, codes. */
const STORED_COLUMNS = 'up, down, timeout, invalid, sketch, up_code, codes';
const GIVEN = `unnest($1::timestamptz[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[],
  $7::bytea[], $8::text[], $9::bytea[]) AS given (start_at, check_id, ${STORED_COLUMNS})`;

/** Counts these rows of the batch, as part of the running transaction. */
export async function addRollups(
  client: Client,
  schema: string,
  batch: RowBatch,
  rows: Uint32Array,
  checkIds: readonly number[],
): Promise<void> {
  await addGrain(client, `${schema}.minutes`, counted(batch, rows, checkIds, MINUTE_MS));
  await addGrain(client, `${schema}.hours`, counted(batch, rows, checkIds, HOUR_MS));
}

/** By time, then check: the order in which every server locks. */
function counted(
  { columns, codes, code }: RowBatch,
  rows: Uint32Array,
  checkIds: readonly number[],
  stepMs: number,
): Keyed[] {
  const spans = new Map<number, Map<number, RollupBucket>>();
  for (const row of rows) {
    const startMs = Math.floor((columns.plannedAtMs[row] ?? 0) / stepMs) * stepMs;
    const span = spans.get(startMs) ?? new Map<number, RollupBucket>();
    if (span.size === 0) spans.set(startMs, span);
    const checkId = checkIds[columns.check[row] ?? 0] ?? 0;
    let bucket = span.get(checkId);
    if (bucket === undefined) {
      bucket = new RollupBucket();
      span.set(checkId, bucket);
    }
    const text = codes[code[row] ?? 0] || undefined;
    bucket.add(columns.status[row] ?? 0, columns.totalMs[row] ?? 0, text);
  }
  return [...spans]
    .sort(([a], [b]) => a - b)
    .flatMap(([startMs, span]) =>
      [...span]
        .sort(([a], [b]) => a - b)
        .map(([checkId, bucket]) => ({ startMs, checkId, bucket })),
    );
}

async function addGrain(client: Client, table: string, keyed: readonly Keyed[]): Promise<void> {
  const stored = keyed.map(({ bucket }) => bucket.stored());
  // An update that never happens locks the row all the same, and only what is new is told.
  const added = await query(
    client,
    `INSERT INTO ${table} AS known SELECT * FROM ${GIVEN} ORDER BY start_at, check_id
     ON CONFLICT (start_at, check_id) DO UPDATE SET up = 0 WHERE false
     RETURNING (extract(epoch FROM start_at) * 1000)::int8, check_id`,
    valuesOf(keyed, stored),
  );
  if (added.length === keyed.length) return;
  const isNew = new Set(added.map(([startMs, checkId]) => `${startMs} ${checkId}`));
  const others = keyed.filter(({ startMs, checkId }) => !isNew.has(`${startMs} ${checkId}`));
  const rows = await query(
    client,
    `SELECT n - 1, ${STORED_COLUMNS}
     FROM unnest($1::timestamptz[], $2::int[]) WITH ORDINALITY AS given (start_at, check_id, n)
     JOIN ${table} USING (start_at, check_id)`,
    [timeArray(others.map(({ startMs }) => startMs)), int4Array(others.map(idOf))],
  );
  const sums: StoredBucket[] = [];
  const summed: Keyed[] = [];
  for (const row of rows) {
    const other = others[Number(row[0])];
    if (other === undefined) continue;
    summed.push(other);
    sums.push(other.bucket.addedTo(storedOf(row.slice(1))));
  }
  await query(
    client,
    `UPDATE ${table} AS known SET (${STORED_COLUMNS}) = (given.up, given.down, given.timeout,
       given.invalid, given.sketch, given.up_code, given.codes)
     FROM ${GIVEN} WHERE known.start_at = given.start_at AND known.check_id = given.check_id`,
    valuesOf(summed, sums),
  );
}

/** Of the columns STORED_COLUMNS. */
function storedOf(row: Row): StoredBucket {
  return {
    counts: row.slice(0, 4).map(Number),
    sketch: bytesOf(row[4]),
    upCode: row[5] ?? null,
    codes: bytesOf(row[6]),
  };
}

/** Of a `bytea` as text: `\x` and hexadecimal digits. */
export function bytesOf(text: string | null | undefined): Buffer | null {
  return text === null || text === undefined ? null : Buffer.from(text.slice(2), 'hex');
}

function idOf({ checkId }: Keyed): number {
  return checkId;
}

function valuesOf(keyed: readonly Keyed[], stored: readonly StoredBucket[]): Buffer[] {
  const counts = [0, 1, 2, 3].map((status) =>
    int4Array(stored.map((bucket) => bucket.counts[status] ?? 0)),
  );
  return [
    timeArray(keyed.map(({ startMs }) => startMs)),
    int4Array(keyed.map(idOf)),
    ...counts,
    byteaArray(stored.map(({ sketch }) => sketch)),
    textArray(stored.map(({ upCode }) => upCode)),
    byteaArray(stored.map(({ codes }) => codes)),
  ];
}
