// How much of the server the results take: counted per day while they are written, so that telling it
// reads no results.

import { DAY_MS } from '../results/questions.ts';
import type { Usage } from '../results/results.ts';
import type { Database } from './database.ts';
import { Hypertables } from './timescale.ts';

export async function usageOf(
  database: Database,
  schemaName: string,
  schemaVersion: number,
  timescale: boolean,
): Promise<Omit<Usage, 'shed'>> {
  const { schema } = database;
  const [size] = await database.read(
    `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class AS c
     JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'S')`,
    [schemaName],
  );
  const [counted] = await database.read(
    `SELECT coalesce(sum(row_count), 0), min(day) FILTER (WHERE row_count > 0)
     FROM (SELECT day, sum(row_count) AS row_count FROM ${schema}.result_days GROUP BY day) AS days`,
  );
  const chunks = timescale ? await new Hypertables(database).bytes() : 0;
  const oldestMs = counted?.[1] ? await oldest(database, Number(counted[1])) : undefined;
  return {
    bytes: Number(size?.[0] ?? 0) + chunks,
    rawRows: Number(counted?.[0] ?? 0),
    ...(oldestMs === undefined ? {} : { oldestMs }),
    schemaVersion,
  };
}

/** One look into the index for each check, within the oldest day. */
async function oldest(database: Database, day: number): Promise<number | undefined> {
  const [from, to] = [day, day + 1].map((each) => new Date(each * DAY_MS).toISOString());
  const [row] = await database.read(
    `SELECT (extract(epoch FROM min(first.planned_at)) * 1000)::int8
     FROM ${database.schema}.checks AS c CROSS JOIN LATERAL (
       SELECT planned_at FROM ${database.schema}.results
       WHERE check_id = c.id AND planned_at >= $1::timestamptz AND planned_at < $2::timestamptz
       ORDER BY planned_at LIMIT 1) AS first`,
    [from ?? '', to ?? ''],
  );
  return row?.[0] ? Number(row[0]) : undefined;
}
